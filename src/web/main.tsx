import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { router } from "./router.tsx";
import { AccessProvider } from "./shell/access.tsx";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <AccessProvider>
    <RouterProvider router={router} />
  </AccessProvider>,
);
