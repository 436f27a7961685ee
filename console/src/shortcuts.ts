// Keys that work everywhere. Letters never fire in a field, nor with Ctrl, Alt or Cmd, and can be switched off.
import { select, setComposing, setHelping, setKnowledge, setPanel, setPlaying, toggleSupposing } from "./actions";
import { erasing } from "./erasing";
import { nextTheme } from "./look";
import { togglePlanning } from "./planning/edits";
import { redo, undo } from "./planning/history";
import { stepOut } from "./planning/leave";
import { planning } from "./planning/state";
import { goToChange } from "./playing";
import { toggleReviewing } from "./review/acts";
import type { Panel } from "./state";
import { composing, helping, keysOn, knowledge, playing, selection, supposing } from "./state";

interface Shortcut {
  keys: readonly string[]; // as KeyboardEvent.key tells them, in small letters
  shown: readonly string[];
  says: string;
  act?: () => void; // none: the control that has the focus does it
}

export const SHORTCUTS: readonly Shortcut[] = [
  { keys: [" "], shown: ["Space"], says: "Play or pause", act: () => setPlaying(!playing.value) },
  { keys: ["["], shown: ["["], says: "Previous change of a promise", act: () => goToChange(-1) },
  { keys: ["]"], shown: ["]"], says: "Next change of a promise", act: () => goToChange(1) },
  { keys: ["b"], shown: ["B"], says: "Go to the board", act: () => goTo("board") },
  { keys: ["m"], shown: ["M"], says: "Go to the map", act: () => goTo("map") },
  { keys: ["l"], shown: ["L"], says: "Go to the log", act: () => goTo("log") },
  { keys: ["n"], shown: ["N"], says: "New entry", act: () => setComposing(true) },
  { keys: ["w"], shown: ["W"], says: "What if, on or off", act: () => toggleSupposing() },
  { keys: ["f"], shown: ["F"], says: "Plan: the fewest barriers and more, on or off", act: () => togglePlanning() },
  { keys: ["r"], shown: ["R"], says: "Review: history, hindsight and counts, on or off", act: () => toggleReviewing() },
  { keys: ["k"], shown: ["K"], says: "As it was so, or as it was known", act: flipKnowledge },
  { keys: ["t"], shown: ["T"], says: "Next theme: light, dark, night", act: nextTheme },
  { keys: ["?"], shown: ["?"], says: "This help", act: () => setHelping(true) },
  {
    keys: ["escape"],
    shown: ["Esc"],
    says: "Close what is open, pick nothing, or leave What if, Plan or Review",
    act: stepBack,
  },
  { keys: [], shown: ["←", "→"], says: "On the time slider: one minute" },
  { keys: [], shown: ["Page Up", "Page Down"], says: "On the time slider: one hour" },
  { keys: [], shown: ["↑", "↓"], says: "In the log: the entry before, the one after" },
  { keys: [], shown: ["Arrows"], says: "On a barrier of the map: to the nearest in that direction" },
  { keys: [], shown: ["Shift", "Arrows"], says: "On a barrier in what if: move it ten metres" },
  { keys: [], shown: ["P"], says: "On the map in what if: put a barrier under the cross" },
  { keys: [], shown: ["Ctrl", "Z"], says: "While planning: undo; with Shift: do it again" },
  {
    keys: [],
    shown: ["Enter"],
    says: "On the map while planning: choose the street under the cross, or draw a corner",
  },
  {
    keys: [],
    shown: ["Enter"],
    says: "On a corner of an outline: take hold of it; then arrows move it, Delete removes it",
  },
];

const FIELDS = "input:not([type=range]):not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]";
const OF_TIME = new Set([" ", "[", "]", "k"]);
/** What Space presses by itself. */
const PRESSED = "button, summary, a, input, [role=button], [role=tab], [role=option]";

export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || helping.value || erasing.value) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (event.ctrlKey || event.metaKey) {
      if (planning.value && !target.closest(FIELDS)) stepThrough(event);
      return;
    }
    if (event.key !== "Escape") {
      if (!keysOn.value || target.closest(FIELDS)) return;
      if (event.key === " " && target.closest(PRESSED) && !target.closest("input[type=range]")) return;
    }
    if (planning.value && OF_TIME.has(event.key)) return; // a plan has no moment
    const found = SHORTCUTS.find((one) => one.act && one.keys.includes(event.key.toLowerCase()));
    if (!found?.act) return;
    event.preventDefault();
    found.act();
  });
}

/** Undo and redo, as everywhere. */
function stepThrough(event: KeyboardEvent): void {
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  event.preventDefault();
  if (key === "y" || event.shiftKey) redo();
  else undo();
}

function flipKnowledge(): void {
  setKnowledge(knowledge.value === "all" ? "then" : "all");
}

function stepBack(): void {
  if (composing.value) {
    setComposing(false);
    window.setTimeout(() => document.getElementById("log-heading")?.focus());
  } else if (planning.value) {
    if (!stepOut() && !isTyping()) togglePlanning(false);
  } else if (selection.value) select(null);
  else if (!isTyping()) {
    toggleReviewing(false);
    if (supposing.value) toggleSupposing(false);
  }
}

/** What is typed in a mode goes with it, so that Escape leaves no mode from out of a field. */
const isTyping = (): boolean => Boolean(document.activeElement?.closest(FIELDS));

/** Bring a panel to the front and the focus into it. */
export function goTo(panel: Panel): void {
  setPanel(panel);
  window.setTimeout(() => {
    const canvas = panel === "map" ? document.querySelector<HTMLElement>("#panel-map canvas") : null;
    (canvas ?? document.getElementById(`${panel}-heading`))?.focus();
  });
}
