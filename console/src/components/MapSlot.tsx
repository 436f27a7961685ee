// The map is the heaviest part, so it comes in its own piece: board and log are on the screen before it.

import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";

const loaded = signal<{ map: ComponentType | "loading" | "missing" }>({ map: "loading" });

async function load(): Promise<void> {
  try {
    loaded.value = { map: (await import("../map/MapView")).MapView };
  } catch {
    loaded.value = { map: "missing" };
  }
}

export function MapSlot() {
  useEffect(() => void load(), []);
  const { map: MapView } = loaded.value;
  return (
    <div class="map-slot">
      {MapView === "loading" && <p class="map-note">The map is coming…</p>}
      {MapView === "missing" && <p class="map-note">The map can't be shown. The board and the log work without it.</p>}
      {typeof MapView !== "string" && <MapView />}
    </div>
  );
}
