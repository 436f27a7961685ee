// The whole screen: head, panels, time.
import type { ComponentChildren } from "preact";
import { Board, Tally } from "./components/Board";
import { ErasureDialog } from "./components/ErasureDialog";
import { Header, Mark } from "./components/Header";
import { HelpDialog } from "./components/HelpDialog";
import { Log } from "./components/Log";
import { MapSlot } from "./components/MapSlot";
import { Tabs } from "./components/Tabs";
import { TimeBar } from "./components/TimeBar";
import { WhatIfPanel } from "./components/WhatIfPanel";
import { isShown, layout, lies, panelWords, tabs } from "./layout";
import { MapOverlay } from "./planning/components/MapOverlay";
import { PlanPanel } from "./planning/components/PlanPanel";
import { QuestionPanel } from "./planning/components/QuestionPanel";
import { PlanStrip } from "./planning/components/Summary";
import { planning } from "./planning/state";
import { ReviewPanel } from "./review/components/ReviewPanel";
import { reviewing } from "./review/state";
import { goTo } from "./shortcuts";
import type { Panel } from "./state";
import { announcement, answers, leftOut, operation, overruns, supposing, trouble } from "./state";

export function App() {
  if (!operation.value) return <Opening />;
  return (
    <div
      class="screen"
      data-layout={layout.value}
      data-lies={lies.value || undefined}
      data-supposing={supposing.value || undefined}
      data-planning={planning.value || undefined}
    >
      <SkipLinks />
      <Header />
      <main class="middle">
        {layout.value === "phone" && (
          <section class="status-strip" aria-label={planning.value ? "Plan at a glance" : "Promises at a glance"}>
            {planning.value ? <PlanStrip /> : <Tally of={answers.value} />}
          </section>
        )}
        <Tabs />
        {trouble.value && (
          <p class="notice trouble" role="alert">
            {trouble.value} Trying again.
          </p>
        )}
        {leftOut.value && (
          <p class="notice trouble" role="alert">
            <bdi>{leftOut.value}</bdi>
          </p>
        )}
        {overruns() && (
          <p class="notice trouble" role="alert">
            The planned end of this operation has passed: board, map and time show its last minute. Set a later end in
            operation.toml, and start the desk again.
          </p>
        )}
        <div class="panels">
          <Shown panel="board">
            <LeftPanel />
          </Shown>
          <Shown panel="map">
            <MapPanel />
          </Shown>
          <Shown panel="log">{planning.value ? <PlanPanel /> : <Log />}</Shown>
        </div>
      </main>
      {!planning.value && <TimeBar />}
      <HelpDialog />
      <ErasureDialog />
      <p class="unseen" aria-live="polite">
        {announcement.value}
      </p>
    </div>
  );
}

/** The board, or what stands in its place. */
function LeftPanel() {
  if (planning.value) return <QuestionPanel />;
  return reviewing.value ? <ReviewPanel /> : <Board />;
}

function MapPanel() {
  return (
    <section class="map-panel" aria-labelledby="map-heading">
      <h2 id="map-heading" class="unseen" tabIndex={-1}>
        Map
      </h2>
      <WhatIfPanel />
      <MapSlot />
      <MapOverlay />
    </section>
  );
}

/** A panel: always there on a desk; behind its tab where panels take turns. */
function Shown({ panel, children }: { panel: Panel; children: ComponentChildren }) {
  const tab = tabs.value.includes(panel) ? { role: "tabpanel" as const, "aria-labelledby": `tab-${panel}` } : {};
  return (
    <div id={`panel-${panel}`} class={`panel panel-${panel}`} data-shown={isShown(panel)} {...tab}>
      {children}
    </div>
  );
}

const SKIPS: readonly Panel[] = ["board", "map", "log"];

function SkipLinks() {
  return (
    <nav class="skips" aria-label="Skip">
      {SKIPS.map((panel) => (
        <a
          key={panel}
          href={`#panel-${panel}`}
          onClick={(event) => {
            event.preventDefault();
            goTo(panel);
          }}
        >
          Skip to the {panelWords.value[panel].toLowerCase()}
        </a>
      ))}
    </nav>
  );
}

/** Before there is anything to show, or while the server can't be reached. */
function Opening() {
  return (
    <main class="opening">
      <Mark />
      <h1>Ringfence</h1>
      <p role="status">{trouble.value ? `${trouble.value} Trying again.` : "Opening the operation…"}</p>
    </main>
  );
}
