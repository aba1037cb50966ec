/** Pictures as SVG, drawn from a scene's name and a seed. */
import { hash, type Random, seeded } from "./random.ts";
import type { Scene } from "./types.ts";

const WIDTH = 640;
const HEIGHT = 360;

const hsl = (hue: number, saturation: number, light: number) =>
  `hsl(${Math.round(((hue % 360) + 360) % 360)} ${Math.round(saturation)}% ${Math.round(light)}%)`;

const svg = (width: number, height: number, inside: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${inside}</svg>`;

const gradient = (id: string, from: string, to: string) =>
  `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient>`;

const sky = (from: string, to: string) =>
  `<defs>${gradient("s", from, to)}</defs><rect width="${WIDTH}" height="${HEIGHT}" fill="url(#s)"/>`;

/** A ridge from edge to edge; `base` is its mean height in pixels from the top. */
function ridge(random: Random, base: number, swing: number, fill: string): string {
  const steps = 6;
  const y = () => base + (random.next() - 0.5) * swing;
  let path = `M0 ${y()}`;
  for (let step = 1; step <= steps; step++) {
    const x = (WIDTH / steps) * step;
    path += `S${x - WIDTH / steps / 2} ${y()} ${x} ${y()}`;
  }
  return `<path d="${path}V${HEIGHT}H0Z" fill="${fill}"/>`;
}

const disc = (x: number, y: number, radius: number, fill: string, extra = "") =>
  `<circle cx="${x}" cy="${y}" r="${radius}" fill="${fill}" ${extra}/>`;

const box = (x: number, y: number, width: number, height: number, fill: string, round = 0) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${round}" fill="${fill}"/>`;

const DRAW: Record<Scene, (random: Random) => string> = {
  hills(random) {
    const hue = random.between(80, 150);
    return (
      sky(hsl(205, 60, 78), hsl(40, 70, 90)) +
      disc(random.between(90, 540), random.between(60, 120), 34, hsl(45, 95, 82)) +
      ridge(random, 190, 80, hsl(hue + 40, 25, 62)) +
      ridge(random, 240, 70, hsl(hue + 15, 32, 48)) +
      ridge(random, 295, 50, hsl(hue, 40, 34))
    );
  },
  sea(random) {
    return (
      sky(hsl(20, 80, 80), hsl(45, 85, 88)) +
      disc(random.between(180, 460), 190, 46, hsl(30, 95, 68)) +
      box(0, 205, WIDTH, 160, hsl(200, 55, 42)) +
      Array.from({ length: 26 }, () =>
        box(
          random.between(0, 600),
          random.between(212, 350),
          random.between(20, 80),
          2,
          hsl(195, 60, random.between(52, 72)),
          1,
        ),
      ).join("")
    );
  },
  city(random) {
    let towers = "";
    for (let x = -10; x < WIDTH; x += random.between(34, 58)) {
      const height = random.between(70, 220);
      towers += box(x, HEIGHT - height, random.between(36, 56), height, hsl(235, 22, random.between(18, 32)));
      for (let lamp = 0; lamp < 5; lamp++)
        if (random.chance(0.7))
          towers += box(x + 8 + (lamp % 2) * 16, HEIGHT - height + 16 + lamp * 22, 8, 10, hsl(44, 90, 68));
    }
    return sky(hsl(260, 40, 38), hsl(18, 75, 70)) + towers;
  },
  bread(random) {
    const crust = random.between(24, 34);
    const cuts = [-70, -20, 30, 80]
      .map(
        (x) =>
          `<path d="M${320 + x} 128q-26 46-6 100" stroke="${hsl(crust + 10, 55, 78)}" stroke-width="11" fill="none" stroke-linecap="round"/>`,
      )
      .join("");
    return `${sky(hsl(38, 40, 88), hsl(34, 35, 80))}${box(0, 262, WIDTH, 98, hsl(28, 32, 48))}<ellipse cx="320" cy="266" rx="196" ry="18" fill="rgba(0,0,0,.22)"/><path d="M136 262c-20-110 90-160 184-160s204 50 184 160z" fill="${hsl(crust, 58, 46)}"/><path d="M160 250c-10-90 80-128 160-128" stroke="${hsl(crust + 4, 60, 58)}" stroke-width="10" fill="none" stroke-linecap="round"/>${cuts}`;
  },
  bird(random) {
    const hue = random.pick([14, 28, 200, 48, 350]);
    return `${sky(hsl(195, 40, 86), hsl(90, 28, 88))}<path d="M0 300C180 270 420 300 640 250" stroke="${hsl(25, 28, 34)}" stroke-width="13" fill="none"/><path d="M420 262q30-60 90-76" stroke="${hsl(25, 28, 34)}" stroke-width="7" fill="none"/><path d="M226 236l-78 44 96-14z" fill="${hsl(hue, 26, 30)}"/><ellipse cx="300" cy="212" rx="84" ry="68" fill="${hsl(hue, 42, 52)}"/><ellipse cx="318" cy="232" rx="60" ry="44" fill="${hsl(hue + 18, 60, 80)}"/><circle cx="362" cy="152" r="44" fill="${hsl(hue, 44, 46)}"/><path d="M402 148l34 9-33 10z" fill="${hsl(42, 90, 52)}"/><circle cx="374" cy="144" r="7" fill="#141414"/><circle cx="376" cy="142" r="2.4" fill="#fff"/><path d="M226 200q60-32 104 12-40 40-104 6z" fill="${hsl(hue, 34, 34)}"/><path d="M296 278v18m24-18v17" stroke="${hsl(30, 40, 30)}" stroke-width="5"/>`;
  },
  cat(random) {
    const coat = random.pick([hsl(28, 72, 56), hsl(220, 8, 36), hsl(30, 18, 82), hsl(24, 30, 30)]);
    return `${sky(hsl(205, 30, 72), hsl(220, 26, 84))}${Array.from({ length: 40 }, () => `<path d="M${random.between(0, 640)} ${random.between(0, 270)}l-4 16" stroke="#fff" stroke-opacity=".45" stroke-width="2"/>`).join("")}${box(0, 286, WIDTH, 74, hsl(30, 30, 62))}${box(312, 0, 14, 290, hsl(30, 20, 92))}<path d="M226 300c-14-96 22-150 84-150s104 54 92 150z" fill="${coat}"/><path d="M254 156l-6-62 48 36zM366 156l8-62-50 36z" fill="${coat}"/><circle cx="310" cy="160" r="58" fill="${coat}"/><path d="M398 292c60 4 74-42 44-66" stroke="${coat}" stroke-width="22" fill="none" stroke-linecap="round"/>`;
  },
  bike(random) {
    const hue = random.between(0, 360);
    const wheel = (x: number) =>
      `<circle cx="${x}" cy="252" r="56" fill="none" stroke="#26282c" stroke-width="8"/><circle cx="${x}" cy="252" r="6" fill="#26282c"/>`;
    return `${sky(hsl(200, 60, 84), hsl(36, 60, 90))}${ridge(random, 226, 46, hsl(110, 30, 62))}${box(0, 304, WIDTH, 56, hsl(220, 8, 54))}${wheel(226)}${wheel(420)}<path d="M226 252l62-92h104l28 92M288 160l40 92 64-92M226 252h102M276 146h34M392 160l-8-30h32" fill="none" stroke="${hsl(hue, 62, 46)}" stroke-width="9" stroke-linejoin="round" stroke-linecap="round"/>`;
  },
  garden(random) {
    let rows = "";
    for (let row = 0; row < 4; row++)
      for (let plant = 0; plant < 9; plant++) {
        const x = 40 + plant * 70 + random.between(-6, 6);
        const y = 190 + row * 46;
        const hue = random.between(86, 140);
        rows += `<path d="M${x} ${y}q-22-26-28-8 4 16 28 8q22-26 28-8-4 16-28 8zq-2-34 0-38 4 10 0 38" fill="${hsl(hue, 48, random.between(32, 48))}"/>`;
        if (random.chance(0.22)) rows += disc(x, y - 6, 7, hsl(random.pick([4, 30, 280]), 75, 52));
      }
    return sky(hsl(200, 55, 84), hsl(70, 45, 88)) + box(0, 150, WIDTH, 210, hsl(24, 32, 26)) + rows;
  },
  stars(random) {
    const dots = Array.from({ length: 150 }, () =>
      disc(
        random.between(0, WIDTH),
        random.between(0, 290),
        random.pick([0.8, 1, 1.2, 2]),
        "#fff",
        `opacity="${(0.35 + random.next() * 0.65).toFixed(2)}"`,
      ),
    ).join("");
    return `<defs>${gradient("s", hsl(232, 55, 9), hsl(258, 45, 32))}${gradient("b", "rgba(190,170,255,0)", "rgba(190,170,255,.28)")}</defs><rect width="${WIDTH}" height="${HEIGHT}" fill="url(#s)"/><path d="M-40 300L420-60 560-60 120 340Z" fill="url(#b)"/>${dots}<g transform="rotate(-18 470 110)"><ellipse cx="470" cy="110" rx="52" ry="13" fill="none" stroke="${hsl(40, 60, 74)}" stroke-width="5"/><circle cx="470" cy="110" r="25" fill="${hsl(38, 62, 66)}"/></g>${ridge(random, 310, 60, hsl(240, 40, 7))}`;
  },
  chart(random) {
    const points = Array.from(
      { length: 12 },
      (_, index) => [40 + index * 50, random.between(200, 290)] as const,
    );
    const spike = points[random.between(5, 9)];
    const line = points.map(([x, y]) => `${x},${spike && x === spike[0] ? 60 : y}`).join(" ");
    const rules = [90, 150, 210, 270].map((y) => box(30, y, 580, 1, "#2c3950")).join("");
    return `<rect width="${WIDTH}" height="${HEIGHT}" fill="#131c2b"/>${rules}<polyline points="${line}" fill="none" stroke="#4fd1a5" stroke-width="4" stroke-linejoin="round"/>${spike ? disc(spike[0], 60, 9, "#ff6b6b") : ""}`;
  },
  product(random) {
    const hue = random.between(0, 360);
    return `${sky(hsl(hue, 70, 86), hsl(hue + 40, 70, 72))}${disc(random.between(60, 200), 90, 120, hsl(hue + 60, 80, 84), 'opacity=".6"')}${disc(random.between(440, 600), 280, 150, hsl(hue - 40, 80, 80), 'opacity=".6"')}<ellipse cx="320" cy="296" rx="150" ry="16" fill="rgba(0,0,0,.18)"/>${box(210, 120, 220, 172, hsl(hue + 180, 42, 46), 22)}${box(210, 120, 220, 46, hsl(hue + 180, 46, 58), 22)}${box(300, 120, 40, 172, "rgba(255,255,255,.55)")}<path d="M320 118c-50-60-104-16-58 2zM320 118c50-60 104-16 58 2z" fill="${hsl(hue + 20, 85, 62)}"/>`;
  },
  train(random) {
    const hue = random.pick([350, 210, 150, 280]);
    const cars = [90, 300]
      .map(
        (x) =>
          `${box(x, 150, 200, 78, hsl(hue, 55, 42), 14)}${box(x, 196, 200, 12, hsl(45, 85, 66))}${[0, 1, 2, 3].map((pane) => box(x + 16 + pane * 46, 164, 34, 26, hsl(200, 50, 86), 4)).join("")}${disc(x + 40, 232, 14, "#2b2b2f")}${disc(x + 160, 232, 14, "#2b2b2f")}`,
      )
      .join("");
    const arches = [0, 1, 2, 3, 4]
      .map((arch) => `<path d="M${arch * 132 - 4} 360v-50a54 54 0 01108 0v50z" fill="${hsl(100, 30, 52)}"/>`)
      .join("");
    return `${sky(hsl(200, 55, 82), hsl(50, 55, 90))}${ridge(random, 200, 70, hsl(120, 26, 62))}${box(0, 244, WIDTH, 120, hsl(24, 26, 60))}${arches}${cars}`;
  },
  mug(random) {
    const hue = random.between(0, 360);
    return `${sky(hsl(34, 36, 90), hsl(30, 32, 80))}${box(0, 250, WIDTH, 110, hsl(26, 36, 44))}${box(410, 206, 170, 22, hsl(hue + 90, 36, 46), 4)}${box(398, 228, 176, 24, hsl(hue + 200, 38, 38), 4)}<path d="M228 150h150v74c0 40-30 46-75 46s-75-6-75-46z" fill="${hsl(hue, 46, 58)}"/><path d="M378 168c56-8 56 66-4 62" fill="none" stroke="${hsl(hue, 46, 58)}" stroke-width="16"/><ellipse cx="303" cy="152" rx="75" ry="14" fill="${hsl(20, 55, 22)}"/><path d="M280 122c-14-24 14-30 0-58M322 122c-14-24 14-30 0-58" stroke="#fff" stroke-opacity=".75" stroke-width="6" fill="none" stroke-linecap="round"/>`;
  },
};

/** A scene. Unknown scenes are refused by the caller. */
export function drawScene(scene: Scene, seed: number): string {
  return svg(WIDTH, HEIGHT, DRAW[scene](seeded(seed * 7919 + 3)));
}

/** Whether a text names a scene. */
export function isScene(text: string): text is Scene {
  return Object.hasOwn(DRAW, text);
}

/** An account's portrait: an initial on two colours of its own. */
export function drawAvatar(handle: string, name: string): string {
  const random = seeded(hash(handle));
  const hue = random.between(0, 360);
  const initial = /\p{L}|\p{N}/u.exec(name)?.[0]?.toUpperCase() ?? "A";
  const inside = `<defs>${gradient("s", hsl(hue, 62, 62), hsl(hue + random.between(25, 70), 58, 44))}</defs><rect width="96" height="96" fill="url(#s)"/>${disc(random.between(0, 96), random.between(70, 110), 46, hsl(hue + 30, 70, 72), 'opacity=".35"')}<text x="48" y="64" font-family="Liberation Sans, Helvetica, Arial, sans-serif" font-size="46" font-weight="700" text-anchor="middle" fill="#fff">${initial}</text>`;
  return svg(96, 96, inside);
}
