import type { ReactNode } from "react";
import { Modal } from "./modal.tsx";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A dialog with its title. */
export function Dialog({ title, onClose, children }: DialogProps): ReactNode {
  return (
    <Modal label={title} onClose={onClose}>
      <div className="max-h-[76dvh] overflow-y-auto p-4">
        <h2 className="mb-3 font-medium text-20 text-n12 [overflow-wrap:anywhere]">{title}</h2>
        {children}
      </div>
    </Modal>
  );
}
