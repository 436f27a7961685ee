// What a place is called: as the server words it where an answer did, else by the streets at its ends.
import { computed } from "@preact/signals";
import { operation, streets } from "../state";
import { listed } from "../words";
import { places } from "./state";

const at = ([lon, lat]: readonly number[]) => `${(lon as number).toFixed(6)},${(lat as number).toFixed(6)}`;

/** Names of the streets that meet at a point. */
const meeting = computed(() => {
  const names = new Map<string, Set<string>>();
  for (const { geometry, properties } of streets.value?.features ?? []) {
    for (const end of [geometry.coordinates[0], geometry.coordinates.at(-1)]) {
      if (!end || !properties.name) continue;
      const held = names.get(at(end));
      if (held) held.add(properties.name);
      else names.set(at(end), new Set([properties.name]));
    }
  }
  return names;
});

const bySegment = computed(() => new Map(streets.value?.features.map((one) => [one.properties.id, one])));

export const findStreet = (segment: string) => bySegment.value.get(segment);

/** The segment that an arm lies on: its id without the number of the piece. */
export const segmentOf = (arm: string): string => (findStreet(arm) ? arm : arm.replace(/#\d+$/, ""));

/** "Hill Street between Guildford Terrace and Aitken Street" */
export function nameOfArm(id: string): string {
  const said = places.value.get(id) ?? operation.value?.barriers.find((one) => one.id === id)?.name;
  if (said) return said;
  const street = findStreet(segmentOf(id));
  if (!street) return id;
  const own = street.properties.name;
  const name = own || "A nameless lane";
  const ends = [street.geometry.coordinates[0], street.geometry.coordinates.at(-1)].map((end) =>
    end ? [...(meeting.value.get(at(end)) ?? [])].filter((one) => one !== own).sort() : [],
  );
  const [from, to] = ends.map((one) => one[0]);
  if (from && to && from !== to) return `${name} between ${listed([from, to])}`;
  return from || to ? `${name} near ${from ?? to}` : name;
}
