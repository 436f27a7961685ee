import "@fontsource-variable/atkinson-hyperlegible-next/wght.css";
import "./theme/tokens.css";
import "./theme/base.css";
import "./theme/controls.css";
import "./theme/signs.css";
import "./theme/layout.css";
import "./theme/header.css";
import "./theme/board.css";
import "./theme/witness.css";
import "./theme/log.css";
import "./theme/entry.css";
import "./theme/composer.css";
import "./theme/typed.css";
import "./theme/track.css";
import "./theme/time.css";
import "./theme/dialog.css";
import "./planning/planning.css";
import "./planning/plan.css";
import { render } from "preact";
import { App } from "./App";
import { start } from "./load";
import { keepLook } from "./look";
import { moveByInserting } from "./moves";
import { startPlanning } from "./planning/start";
import { runClock } from "./playing";
import { listenToKeys } from "./shortcuts";

const root = document.getElementById("app");
if (root) {
  keepLook();
  moveByInserting();
  render(<App />, root);
  listenToKeys();
  runClock();
  startPlanning();
  void start();
}
