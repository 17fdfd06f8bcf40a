// Draws every file as an area, and makes the tables sortable.
(() => {
  const KINDS = ["metadata", "bytecode", "tests", "documentation", "stubs", "compiled code", "Python", "sources", "programs", "data"];
  const HEAD = 18; // Pixels that a folder's name takes.
  const EDGE = 3; // Pixels between a folder's border and what is in it.
  const GAP = 1; // Pixels between neighbours.
  const SMALLEST = 12; // Pixels; a folder that is narrower or lower is drawn as one area.
  const LEAST_AREA = 400; // Square pixels; the same.
  const LETTER = 6; // Pixels that a letter takes.
  const READABLE = 58; // Pixels; a name that is cut to less says nothing.

  const chart = byId("chart");
  const search = byId("search");
  const data = JSON.parse(byId("data").textContent);

  // A folder comes before what is in it, so that the sums can be made from the end.
  const root = { name: data.name, up: null, children: [], unzipped: 0, zipped: 0, files: 0 };
  const nodes = [root];
  const open = [root];
  for (const [depth, name, kind, zipped = 0, unzipped = 0] of data.rows) {
    const up = open[depth];
    const node = { name, up, kind, zipped, unzipped, files: 0, children: null };
    if (kind === undefined) {
      node.children = [];
      open.length = depth + 1;
      open.push(node);
    } else {
      node.files = 1;
    }
    up.children.push(node);
    nodes.push(node);
  }
  for (let at = nodes.length - 1; at > 0; at -= 1) {
    const { up, zipped, unzipped, files } = nodes[at];
    up.zipped += zipped;
    up.unzipped += unzipped;
    up.files += files;
  }
  if (root.unzipped === 0) return;
  byId("explorer").hidden = false;
  // A folder with nothing but a folder in it is shown as one with it. Distributions stay alone.
  for (let at = nodes.length - 1; at > 0; at -= 1) {
    const node = nodes[at];
    const only = node.children?.length === 1 ? node.children[0] : null;
    if (!only?.children || node.up === root) continue;
    node.name += "/" + only.name;
    node.children = only.children;
    for (const child of node.children) child.up = node;
    only.gone = true;
  }
  const files = nodes.filter((node) => !node.children);

  let size = "unzipped"; // Which of the sizes is drawn.
  let focus = root; // What the map is about.
  let current = root; // What the keyboard is at.
  let hits = null; // What is found; null without a search.
  let cells = new Map(); // From what is drawn to its element.

  const bytes = (count) => {
    const units = ["B", "KiB", "MiB", "GiB"];
    const unit = count < 1024 ? 0 : count < 1048576 ? 1 : count < 1073741824 ? 2 : 3;
    const value = count / 1024 ** unit;
    return (unit ? (Math.floor(value * 10) / 10).toFixed(1) : count) + "\u00a0" + units[unit];
  };
  const share = (node, of) => {
    const percent = of[size] ? (100 * node[size]) / of[size] : 0;
    return (percent >= 10 || percent === 0 ? percent.toFixed(0) : percent.toFixed(1)) + "\u00a0%";
  };
  const counted = (count) => (count === 1 ? "1 file" : count + " files");
  const above = (node) => {
    const path = [];
    for (let up = node; up; up = up.up) path.unshift(up);
    return path;
  };
  // Without the package and the distribution, which are no folders.
  const path = (node) => above(node).slice(2).map((part) => part.name).join("/") || node.name;
  const what = (node) => (node.children ? counted(node.files) : KINDS[node.kind]);
  const spoken = (node) => `${path(node)}, ${what(node)}, ${bytes(node[size])} ${size}, ${share(node, root)} of all`;

  // Rows of areas that are as square as can be: Bruls, Huizing and van Wijk, 2000.
  function squarify(children, box) {
    const places = [];
    let { left, top, width, height } = box;
    let rest = children.reduce((sum, child) => sum + child[size], 0);
    let start = 0;
    while (start < children.length && width > 0 && height > 0) {
      const short = Math.min(width, height);
      const scale = (width * height) / rest;
      const largest = children[start][size] * scale;
      let [end, area, worst] = [start, 0, Infinity];
      while (end < children.length) {
        const smallest = children[end][size] * scale;
        const sum = area + smallest;
        const ratio = Math.max((short * short * largest) / (sum * sum), (sum * sum) / (short * short * smallest));
        if (ratio > worst) break;
        [end, area, worst] = [end + 1, sum, ratio];
      }
      const thick = area / short;
      let along = 0;
      for (const child of children.slice(start, end)) {
        const long = (child[size] * scale) / thick;
        if (width >= height) places.push({ node: child, left, top: top + along, width: thick, height: long });
        else places.push({ node: child, left: left + along, top, width: long, height: thick });
        along += long;
        rest -= child[size];
      }
      if (width >= height) [left, width] = [left + thick, width - thick];
      else [top, height] = [top + thick, height - thick];
      start = end;
    }
    return places;
  }

  // On whole pixels, with a gap to the neighbours.
  const snapped = ({ node, left, top, width, height }) => {
    const [x, y] = [Math.round(left), Math.round(top)];
    return { node, left: x, top: y, width: Math.round(left + width) - x - GAP, height: Math.round(top + height) - y - GAP };
  };

  // For a name, or for enough of it.
  const hasRoom = (name, width) => width >= Math.min(READABLE, name.length * LETTER);

  function layOut(width, height) {
    const drawn = [];
    const waiting = [{ node: focus, left: 0, top: 0, width: width + GAP, height: height + GAP, depth: -1 }];
    while (waiting.length) {
      const place = waiting.pop();
      const { node, depth } = place;
      let box = place;
      if (node !== focus) {
        const cell = { ...snapped(place), depth };
        drawn.push(cell);
        const tiny = cell.width < SMALLEST || cell.height < SMALLEST || cell.width * cell.height < LEAST_AREA;
        if (!node.children || tiny) continue;
        cell.head = hasRoom(node.name, cell.width - 10) && cell.height > HEAD + 12;
        const edge = Math.min(cell.width, cell.height) > 16 ? EDGE : 1;
        const head = cell.head ? HEAD : edge;
        cell.inside = true;
        box = { left: cell.left + edge, top: cell.top + head, width: cell.width - 2 * edge + GAP, height: cell.height - head - edge + GAP };
      }
      const children = (node.children ?? [node]).filter((child) => child[size] > 0);
      children.sort((a, b) => b[size] - a[size]);
      for (const inner of squarify(children, box).reverse()) waiting.push({ ...inner, depth: depth + 1 });
    }
    return drawn.filter((cell) => cell.width > 0 && cell.height > 0);
  }

  // The kind that most of a folder is of, for folders that are too small to be looked into.
  function mainKind(node) {
    const sums = new Array(KINDS.length).fill(0);
    const waiting = [node];
    while (waiting.length) {
      const next = waiting.pop();
      if (next.children) waiting.push(...next.children.slice(0, 200));
      else sums[next.kind] += next[size];
    }
    return sums.indexOf(Math.max(...sums));
  }

  function draw() {
    const { clientWidth: width, clientHeight: height } = chart;
    if (!width || !height) return;
    const before = cells;
    cells = new Map();
    const shown = [];
    for (const place of layOut(width, height)) {
      const cell = before.get(place.node) ?? create("div", "");
      cells.set(place.node, cell);
      dress(cell, place);
      shown.push(cell);
    }
    chart.replaceChildren(...shown);
    if (!cells.has(current)) current = shown[0]?.place.node ?? focus;
    cells.get(current)?.setAttribute("tabindex", "0");
    chart.classList.toggle("searching", hits !== null);
    tellWhere();
  }

  function dress(cell, place) {
    const { node, left, top, width, height, depth, head, inside } = place;
    const hit = hits && (inside ? false : hits.has(node));
    const shape = !node.children ? "file" : inside ? "folder" : "block";
    const color = inside ? (depth % 2 ? "odd" : "") : "kind-" + (node.children ? mainKind(node) : node.kind);
    cell.className = ["cell", shape, color, hit ? "hit" : ""].join(" ");
    cell.style.cssText = `left:${left}px;top:${top}px;width:${width}px;height:${height}px`;
    cell.place = place;
    cell.tabIndex = -1;
    cell.setAttribute("role", "treeitem");
    cell.setAttribute("aria-level", depth + 1);
    cell.setAttribute("aria-label", spoken(node));
    if (node.children) cell.setAttribute("aria-expanded", inside ? "true" : "false");
    const shown = [];
    if (head) {
      const line = create("span", "head");
      line.append(create("span", "label", node.name));
      const amount = bytes(node[size]);
      if (width > LETTER * (node.name.length + amount.length) + 24) line.append(create("span", "amount", amount));
      shown.push(line);
    } else if (!inside && height > 16 && hasRoom(node.name, width - 8)) {
      shown.push(create("span", "label", node.name));
      if (height > 32 && width > READABLE) shown.push(create("span", "amount", bytes(node[size])));
    }
    for (const span of shown) span.setAttribute("aria-hidden", "true"); // The whole area has its words.
    cell.replaceChildren(...shown);
  }

  function tellWhere() {
    const crumbs = above(focus).map((node) => {
      const item = create("li", "");
      if (node === focus) {
        const here = create("span", "here", node.name);
        here.setAttribute("aria-current", "location");
        const part = node === root ? "" : ` · ${share(node, root)}`;
        item.append(here, create("span", "sum", `${bytes(node[size])}${part} · ${what(node)}`));
      } else {
        const back = create("button", "", node.name);
        back.type = "button";
        back.addEventListener("click", () => look(node, node));
        item.append(back);
      }
      return item;
    });
    byId("crumbs").replaceChildren(...crumbs);
  }

  // Shows a folder alone; the keyboard is then at `at`, or at the largest thing in it.
  function look(node, at) {
    const before = focus;
    focus = node.children ? node : node.up;
    current = at;
    tip.hide();
    draw();
    if (before !== focus && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
      chart.animate([{ opacity: 0.35 }, { opacity: 1 }], { duration: 160, easing: "ease-out" });
    }
    cells.get(current)?.focus({ preventScroll: true });
  }

  function showTip(cell, x, y) {
    const { node } = cell.place;
    const of = create("span", "of", what(node));
    if (!node.children) of.prepend(create("i", "dot kind-" + node.kind));
    const figures = [["Unzipped", bytes(node.unzipped)], ["Zipped", bytes(node.zipped)], ["Share", share(node, root)]];
    tip.show(x, y, create("span", "name", path(node)), of, list(figures));
  }

  chart.addEventListener("pointermove", (event) => {
    const cell = event.target.closest(".cell");
    if (cell && event.pointerType !== "touch") showTip(cell, event.clientX, event.clientY);
    else tip.hide();
  });
  chart.addEventListener("pointerleave", tip.hide);
  chart.addEventListener("click", (event) => {
    const cell = event.target.closest(".cell");
    if (cell) look(cell.place.node, cell.place.node);
  });
  chart.addEventListener("focusin", (event) => {
    const cell = event.target.closest(".cell");
    if (!cell) return;
    cells.get(current)?.setAttribute("tabindex", "-1");
    current = cell.place.node;
    cell.tabIndex = 0;
    if (!cell.matches(":focus-visible")) return;
    const box = cell.getBoundingClientRect();
    showTip(cell, box.left, Math.min(box.bottom, box.top + 40) - 10);
  });
  chart.addEventListener("focusout", tip.hide);

  // Those that are drawn, the largest first.
  const drawnIn = (folder) => (folder?.children ?? []).filter((node) => cells.has(node)).sort((a, b) => b[size] - a[size]);
  const beside = (step) => {
    const row = drawnIn(current.up);
    return row[row.indexOf(current) + step];
  };
  const MOVES = {
    ArrowUp: () => current.up,
    ArrowDown: () => drawnIn(current)[0],
    ArrowLeft: () => beside(-1),
    ArrowRight: () => beside(1),
    Home: () => drawnIn(focus)[0],
  };
  chart.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") look(current, drawnIn(current)[0] ?? current);
    else if (event.key === "Escape" || event.key === "Backspace") look(focus.up ?? root, focus);
    else if (MOVES[event.key]) cells.get(MOVES[event.key]())?.focus({ preventScroll: true });
    else return;
    event.preventDefault();
  });

  for (const input of document.querySelectorAll(".switch input")) {
    input.addEventListener("change", () => {
      size = input.value;
      draw();
      tellFound();
    });
    if (input.checked) size = input.value; // A page that is loaded again keeps what was chosen.
  }

  function tellFound() {
    const found = hits ? files.filter((file) => hits.has(file)) : [];
    const sum = found.reduce((sum, file) => sum + file[size], 0);
    const some = `${found.length} of ${counted(files.length)}, ${bytes(sum)}`;
    byId("found").textContent = hits === null ? "" : found.length ? some : "No file is called that.";
  }
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    hits = wanted === "" ? null : new Set();
    // A folder is found with the files that are found in it.
    for (const file of hits ? files : []) {
      if (!path(file).toLowerCase().includes(wanted)) continue;
      for (let node = file; node && !hits.has(node); node = node.up) hits.add(node);
    }
    draw();
    tellFound();
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !search.value) return;
    search.value = "";
    search.dispatchEvent(new Event("input"));
    event.preventDefault();
  });

  // The tables: a click on a heading sorts.
  for (const table of document.querySelectorAll("table.sizes")) {
    const rows = [...table.querySelectorAll("tbody tr")];
    const headings = [...table.querySelectorAll("th[data-by]")];
    for (const heading of headings) {
      const button = create("button", "", heading.textContent);
      button.type = "button";
      button.addEventListener("click", () => {
        const { by } = heading.dataset;
        const ascending = heading.ariaSort === "descending";
        for (const other of headings) other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
        table.dataset.sorted = by;
        rows.sort((a, b) => (ascending ? 1 : -1) * (a.dataset[by] - b.dataset[by]));
        rows[0]?.parentNode.append(...rows);
      });
      heading.replaceChildren(button);
    }
  }

  new ResizeObserver(draw).observe(chart);
})();
