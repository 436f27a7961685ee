// What lies under the pointer, the focus or the centre of the map, in words.
import { type Frame, frame, operation, picture, readout, replay, supposing } from "../state";
import { counted, distance } from "../words";
import type { DrawnArm } from "./armMarks";
import type { ShownPath } from "./leaks";
import { classWords } from "./streetClasses";
import type { Spot } from "./streetIndex";

export function say(words: string): void {
  if (readout.peek() !== words) readout.value = words;
}

export function armInWords(mark: DrawnArm): string {
  const alone = mark.standsFor < 2;
  const which = mark.arms < 2 ? "" : alone ? `, arm ${mark.arm + 1} of ${mark.arms}` : `, ${mark.standsFor} arms`;
  const kind = mark.gate ? "gate" : "barrier";
  const says = mark.gate ? mark.says.replaceAll(", gate ", ", ") : mark.says;
  const thought = {
    stands: "supposed to stand",
    gone: "supposed to be gone",
    moved: `supposed to stand here; ${says}`,
    put: "supposed; not in the log",
  };
  return `${mark.name}${which}: ${kind}, ${mark.supposed ? thought[mark.supposed] : says}`;
}

/** What keys do with an arm, for those who listen. */
export function armKeys(): string {
  return supposing.value
    ? "Enter supposes that it is gone or stands. Shift with an arrow key moves it by 10 metres."
    : "Enter selects it.";
}

export function siteInWords(id: string): string {
  const site = operation.value?.sites.find((one) => one.id === id);
  if (!site) return "";
  const now = picture.value?.sites.find((one) => one.id === id);
  const state = !now || now.state === "not stated" ? "" : `: ${now.state}${now.certain ? "" : ", not certain"}`;
  const kind = site.kind.replaceAll("_", " ");
  const what = state || (site.name.toLowerCase().includes(kind) ? "" : `: ${kind}`);
  return `${site.name}${what}${site.inferred ? " (stands about here)" : ""}`;
}

export function pathInWords({ kind, index, certain, through, path }: ShownPath): string {
  const streets = path.streets.map((one) => one || "a nameless lane").join(", then ");
  const length = distance(path.length_m);
  if (kind === "way") return `A way that works: ${streets}, ${length}`;
  return `Leak ${index + 1}${certain ? "" : ", not certain"}: through ${through}. Driven by ${streets}, ${length}`;
}

export function streetInWords(spot: Spot): string {
  const { name, highway, inferred, id } = spot.street;
  const occupied = picture.value?.occupied.find((one) => one.segment === id)?.occupied;
  const words = [name || "A nameless lane", `: ${classWords(highway)}`, directionInWords(spot)];
  if (occupied) words.push(occupied === "yes" ? ", occupied" : `, ${occupied} occupied`);
  if (inferred) words.push("; its course is not from a source");
  return words.join("");
}

function directionInWords({ street, bearing_deg }: Spot): string {
  const kind = operation.value?.vehicle_class ?? "car";
  const [forward, backward] = [street.forward.includes(kind), street.backward.includes(kind)];
  if (forward && backward) return "";
  if (!forward && !backward)
    return street.physical ? `, not for a ${kind}, though one could pass` : `, not for a ${kind}`;
  return `, one way to the ${compass(forward ? bearing_deg : bearing_deg + 180)}`;
}

const POINTS = ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"];

export const compass = (bearing_deg: number): string => POINTS[Math.round((bearing_deg % 360) / 45) % 8] as string;

/** The map as a whole, for those who can't see it: said with its name. */
export function mapInWords(now: Frame | null): string {
  if (!now || !replay.value) return "";
  const barriers = picture.value?.barriers ?? [];
  const standing = barriers.filter((one) => one.holds === "yes").length;
  return `${counted(barriers.length, "barrier")}, of which ${standing} certainly stand.`;
}

export const wholeInWords = () => mapInWords(frame.value);
