/** While the window is hidden the screen asks for no pictures, yet its title must stay true. */
const HIDDEN_MS = 500;

/** Calls back once when the screen takes its next picture, or half a second later while the window is hidden. */
export function nextFrame(draw: () => void): void {
  let done = false;
  const once = (): void => {
    if (done) return;
    done = true;
    draw();
  };
  if (!document.hidden) requestAnimationFrame(once);
  setTimeout(once, HIDDEN_MS);
}
