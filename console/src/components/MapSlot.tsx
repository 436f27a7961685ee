// The map is the heaviest part, so it comes in its own piece: board and log are on the screen before it.
import type { ComponentType } from "preact";
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { readout } from "../state";

type Loaded = ComponentType | "loading" | "missing";

const loaded = signal<{ map: Loaded }>({ map: "loading" });
const pieces = import.meta.glob<{ MapView: ComponentType }>("../map/MapView.tsx");

async function load(): Promise<void> {
  try {
    const [piece] = Object.values(pieces);
    loaded.value = { map: piece ? (await piece()).MapView : "missing" };
  } catch {
    loaded.value = { map: "missing" };
  }
}

export function MapSlot() {
  useEffect(() => void load(), []);
  const { map: MapView } = loaded.value;
  return (
    <>
      <div class="map-slot">
        {MapView === "loading" && <p class="map-note">The map is coming…</p>}
        {MapView === "missing" && <p class="map-note">The map can't be shown. The board and the log work without it.</p>}
        {typeof MapView !== "string" && <MapView />}
      </div>
      <p class="readout" role="status">
        <bdi>{readout.value}</bdi>
      </p>
    </>
  );
}
