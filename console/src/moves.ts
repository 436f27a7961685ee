// Nodes that change their place in a list, such as a promise that was kept and is broken now.
import { useLayoutEffect } from "preact/hooks";

/**
 * Make Preact move nodes by insertBefore().
 *
 * It prefers moveBefore(), and Chromium (seen in 156) then forgets to restyle what lies inside a node whose class changed
 * together with its place: a promise that is kept stood there in the colours of a broken one. A board may not do that.
 */
export function moveByInserting(): void {
  Reflect.deleteProperty(Element.prototype, "moveBefore");
}

/** insertBefore() takes the focus from what it moves; this gives it back. Called by the component whose list it is. */
export function useKeptFocus(): void {
  const held = document.activeElement;
  useLayoutEffect(() => {
    const lost = document.activeElement === document.body && held !== document.body;
    if (lost && held instanceof HTMLElement && held.isConnected) held.focus({ preventScroll: true });
  });
}
