// The few pictures that the canvas needs, drawn for the theme at hand. Drawn at twice their size for sharp screens.
import type { Map as MapLibreMap } from "maplibre-gl";
import type { MapColours } from "./colours";

const DENSITY = 2;

interface Picture {
  name: string;
  width: number;
  height: number;
  draw: (pen: CanvasRenderingContext2D) => void;
}

function pictures(colours: MapColours): Picture[] {
  return [
    { name: "room", width: 30, height: 30, draw: () => undefined },
    { name: "site-room", width: 20, height: 20, draw: () => undefined },
    { name: "path-room", width: 12, height: 12, draw: () => undefined },
    { name: "oneway", width: 16, height: 8, draw: (pen) => slimArrow(pen, colours.arrow) },
    { name: "leak-arrow", width: 22, height: 22, draw: (pen) => arrowHead(pen, colours.broken, colours.paper, 22) },
    { name: "way-arrow", width: 16, height: 16, draw: (pen) => arrowHead(pen, colours.way, colours.paper, 16) },
  ];
}

/** Put the pictures into the map, or repaint them. */
export function drawImages(map: MapLibreMap, colours: MapColours): void {
  for (const { name, width, height, draw } of pictures(colours)) {
    const canvas = document.createElement("canvas");
    canvas.width = width * DENSITY;
    canvas.height = height * DENSITY;
    const pen = canvas.getContext("2d");
    if (!pen) continue;
    pen.scale(DENSITY, DENSITY);
    draw(pen);
    const data = pen.getImageData(0, 0, canvas.width, canvas.height);
    if (map.hasImage(name)) map.updateImage(name, data);
    else map.addImage(name, data, { pixelRatio: DENSITY });
  }
}

function slimArrow(pen: CanvasRenderingContext2D, colour: string): void {
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  pen.lineCap = "round";
  pen.beginPath();
  pen.moveTo(1, 4);
  pen.lineTo(14, 4);
  pen.moveTo(10.5, 1.2);
  pen.lineTo(14.5, 4);
  pen.lineTo(10.5, 6.8);
  pen.stroke();
}

function arrowHead(pen: CanvasRenderingContext2D, fill: string, edge: string, size: number): void {
  const [near, far, half] = [size * 0.2, size * 0.86, size * 0.36];
  pen.beginPath();
  pen.moveTo(near, size / 2 - half);
  pen.lineTo(far, size / 2);
  pen.lineTo(near, size / 2 + half);
  pen.closePath();
  pen.lineJoin = "round";
  pen.lineWidth = 3;
  pen.strokeStyle = edge;
  pen.stroke();
  pen.fillStyle = fill;
  pen.fill();
}
