// What one screen keeps for itself: its theme, and whether letters are shortcuts.
import { effect } from "@preact/signals";
import { setKeysOn, setTheme } from "./actions";
import type { Theme } from "./state";
import { keysOn, theme } from "./state";

const THEMES: readonly Theme[] = ["light", "dark", "night"];
const THEME = "ringfence.theme";
const KEYS = "ringfence.keys";

export function nextTheme(): void {
  setTheme(THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "light");
}

/** Take up what was kept, or what the system prefers, and keep what changes. */
export function keepLook(): void {
  const kept = recall(THEME);
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  setTheme(THEMES.find((one) => one === kept) ?? (dark ? "dark" : "light"));
  setKeysOn(recall(KEYS) !== "off");
  let first = true;
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
    const keys = keysOn.value ? "on" : "off";
    if (!first) keep(THEME, theme.value);
    if (!first || keys === "off") keep(KEYS, keys);
    first = false;
  });
}

function recall(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // a browser that keeps nothing starts afresh each time
  }
}
