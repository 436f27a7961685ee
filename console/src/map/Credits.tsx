// Whose data the map is made of: always in sight on the map, in full in the help.
import { setHelping } from "../actions";
import { operation } from "../state";

export function Credits() {
  const credits = operation.value?.credits ?? [];
  if (credits.length === 0) return null;
  return (
    <button type="button" class="map-credits" title="All sources" onClick={() => setHelping(true)}>
      <bdi>{credits.join(" · ")}</bdi>
    </button>
  );
}
