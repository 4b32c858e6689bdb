import { type ReactNode, useEffect, useRef } from "react";

interface ModalProps {
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A dialog over the page: the browser keeps the focus in it, closes it on Esc and gives the focus back. */
export function Modal({ label, onClose, children }: ModalProps): ReactNode {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes a dialog by itself; a click beside it does the same
    <dialog
      ref={ref}
      aria-label={label}
      onClose={onClose}
      onClick={(event) => event.target === ref.current && onClose()}
      className="mx-auto mt-[12vh] mb-auto max-h-[76vh] w-[min(36rem,calc(100vw-2rem))] overflow-hidden rounded border border-n6 bg-n2 p-0 text-n11 shadow-xl"
    >
      {children}
    </dialog>
  );
}
