// Draws the imports as bars under each other, and makes the table sortable.
(() => {
  const ORIGINS = ["task", "dependency", "layer", "runtime", "python", "unknown"];
  const WORDS = ["the function’s code", "dependency", "layer", "runtime", "standard library", "unknown origin"];
  const ROW = 24; // Pixels from one row to the next.
  const NARROWEST = 2; // Pixels; a bar that is narrower is drawn together with its neighbours.
  const LETTER = 7.3; // Pixels that a letter takes.
  const PADDING = 12; // Pixels left and right of a label, together.

  const chart = byId("chart");
  const search = byId("search");

  // The imports come in an order in which importers precede what they import.
  const root = { name: "All imports", own: 0, total: 0, depth: 0, children: [], up: null };
  const nodes = [root];
  const open = [root];
  for (const [depth, name, total, own, origin] of JSON.parse(byId("data").textContent)) {
    open.length = depth + 1;
    const up = open[depth];
    const node = { name, total, own, origin, depth: depth + 1, children: [], up };
    up.children.push(node);
    open.push(node);
    nodes.push(node);
    if (depth === 0) root.total += total;
  }
  if (nodes.length === 1) return;
  byId("explorer").hidden = false;

  // Where each begins and how much room it has, as parts of the whole. Rounding, or threads that
  // import at once, can make children longer than what imports them; then they share its room.
  root.start = 0;
  root.room = 1;
  for (const node of nodes) {
    const sum = node.children.reduce((sum, child) => sum + child.total, 0);
    const whole = Math.max(node.total, sum) || 1;
    let start = node.start;
    for (const child of node.children) {
      child.start = start;
      child.room = (node.room * child.total) / whole;
      start += child.room;
    }
  }

  const ms = (micros) => {
    const value = micros / 1000;
    if (value >= 1000) return (value / 1000).toFixed(2) + "\u00a0s";
    return (value >= 100 ? value.toFixed(0) : value.toFixed(1)) + "\u00a0ms";
  };
  const part = (node) => {
    const percent = root.total ? (100 * node.total) / root.total : 0;
    return (percent >= 10 || percent === 0 ? percent.toFixed(0) : percent.toFixed(1)) + "\u00a0%";
  };
  const packageOf = (name) => name.split(".", 1)[0];
  const spoken = (node) =>
    node === root
      ? `All imports, ${ms(root.total)}`
      : `${node.name}, ${WORDS[node.origin]}, ${ms(node.total)} in total, ${ms(node.own)} itself, ${part(node)} of all`;
  // As much of a name as says something in so many letters. Under a module of its own package, it
  // need not begin with that again.
  const label = (node, letters) => {
    const { name, up } = node;
    if (node === root) return name;
    const top = packageOf(name);
    const isInside = up !== root && packageOf(up.name) === top && name !== top;
    const short = isInside ? name.slice(top.length) : name;
    if (short.length <= letters) return short;
    if (letters < 5) return "";
    return isInside ? "…" + name.slice(name.lastIndexOf(".") + 1) : name;
  };

  let focus = root; // What the chart is about.
  let current = root; // What the keyboard is at.
  let wanted = ""; // What is searched for.
  let hits = new Set(); // What is found.
  let aboveHits = new Set(); // What is found, and all that leads to it.
  let cells = new Map(); // From what is drawn to its element.

  function layOut(width) {
    const drawn = [];
    for (let node = focus.up; node; node = node.up) {
      drawn.unshift({ node, left: 0, width, above: true });
    }
    const waiting = [{ node: focus, left: 0, width }];
    while (waiting.length) {
      const place = waiting.pop();
      drawn.push(place);
      let many = null;
      for (const child of place.node.children) {
        const left = ((child.start - focus.start) / focus.room) * width;
        const room = (child.room / focus.room) * width;
        if (room >= NARROWEST) {
          waiting.push({ node: child, left, width: room });
          many = null;
          continue;
        }
        if (!many) {
          many = { node: child, left, width: 0, many: [] };
          drawn.push(many);
        }
        many.many.push(child);
        many.width = left + room - many.left;
      }
    }
    return drawn.filter((place) => !place.many || place.width >= NARROWEST);
  }

  function draw() {
    const width = chart.clientWidth;
    if (!width) return;
    const drawn = layOut(width);
    const before = cells;
    cells = new Map();
    let rows = 0;
    for (const place of drawn) {
      const { node } = place;
      const cell = before.get(node) ?? create("div", "");
      before.delete(node);
      cells.set(node, cell);
      dress(cell, place);
      if (!cell.parentNode) chart.append(cell);
      rows = Math.max(rows, node.depth + 1);
    }
    for (const cell of before.values()) cell.remove();
    if (!cells.has(current) || cells.get(current).place.many) current = focus;
    for (const [node, cell] of cells) cell.tabIndex = node === current ? 0 : -1;
    chart.style.height = rows * ROW + "px";
    chart.classList.toggle("searching", wanted !== "");
    byId("out").hidden = focus === root;
    tellWhere();
  }

  function dress(cell, place) {
    const { node, left, width, above, many } = place;
    const hit = many ? many.some((one) => aboveHits.has(one)) : hits.has(node);
    const kind = many ? "many" : node === root ? "all" : ORIGINS[node.origin];
    const text = many ? "" : label(node, Math.floor((width - PADDING) / LETTER));
    const slim = text ? "" : "slim";
    cell.className = ["cell", kind, slim, above ? "above" : "", hit ? "hit" : ""].join(" ");
    cell.style.left = left + "px";
    cell.style.width = Math.max(width - 1, 1) + "px";
    cell.style.top = node.depth * ROW + "px";
    cell.place = place;
    cell.replaceChildren();
    if (many) {
      cell.removeAttribute("role");
      cell.setAttribute("aria-hidden", "true");
      return;
    }
    cell.setAttribute("role", "treeitem");
    cell.removeAttribute("aria-hidden");
    cell.setAttribute("aria-level", node.depth + 1);
    cell.setAttribute("aria-label", spoken(node));
    if (node.children.length) cell.setAttribute("aria-expanded", "true");
    cell.setAttribute("aria-selected", node === focus ? "true" : "false");
    if (slim) return;
    const time = ms(node.total);
    const shown = [create("span", "label", text)];
    if (width > LETTER * (text.length + time.length + 2) + PADDING) shown.push(create("span", "time", time));
    for (const span of shown) span.setAttribute("aria-hidden", "true"); // The whole bar has its words.
    cell.append(...shown);
  }

  function tellWhere() {
    const here = byId("here");
    here.replaceChildren();
    if (focus === root) return;
    const path = [];
    for (let node = focus.up; node && node !== root; node = node.up) {
      const top = packageOf(node.name);
      if (path[path.length - 1] !== top && top !== packageOf(focus.name)) path.push(top);
    }
    here.append(
      create("code", "", focus.name),
      ` takes ${ms(focus.total)}, ${part(focus)} of all; ${ms(focus.own)} of it itself.`,
    );
    if (path.length) here.append(create("span", "path", " Imported by " + path.join(" ← ") + "."));
  }

  function look(node, keepFocus) {
    focus = node;
    current = node;
    tip.hide();
    draw();
    if (!keepFocus) cells.get(node)?.focus({ preventScroll: true });
  }

  function showTip(cell, x, y) {
    const { node, many } = cell.place;
    if (many) {
      const total = many.reduce((sum, one) => sum + one.total, 0);
      const count = many.length === 1 ? "One import" : many.length + " imports";
      tip.show(x, y, `${count} too narrow to draw, ${ms(total)} in all.`);
      return;
    }
    const shown = [create("span", "name", node.name)];
    const figures = [["Total", ms(node.total)], ["Self", ms(node.own)], ["Share", part(node)]];
    if (node !== root) {
      const of = create("span", "of", WORDS[node.origin]);
      of.prepend(create("i", "dot " + ORIGINS[node.origin]));
      shown.push(of);
    }
    tip.show(x, y, ...shown, list(node === root ? figures.slice(0, 1) : figures));
  }

  chart.addEventListener("pointermove", (event) => {
    const cell = event.target.closest(".cell");
    if (cell && event.pointerType !== "touch") showTip(cell, event.clientX, event.clientY);
    else tip.hide();
  });
  chart.addEventListener("pointerleave", tip.hide);
  chart.addEventListener("click", (event) => {
    const cell = event.target.closest(".cell");
    if (cell && !cell.place.many) look(cell.place.node);
  });
  chart.addEventListener("focusin", (event) => {
    const cell = event.target.closest(".cell");
    if (!cell || cell.place.many) return;
    cells.get(current)?.setAttribute("tabindex", "-1");
    current = cell.place.node;
    cell.tabIndex = 0;
    if (!cell.matches(":focus-visible")) return;
    const box = cell.getBoundingClientRect();
    showTip(cell, Math.max(box.left, 0), box.bottom - 10);
  });
  chart.addEventListener("focusout", tip.hide);

  function beside(step) {
    const row = [...cells.values()]
      .map((cell) => cell.place)
      .filter((place) => !place.many && place.node.depth === current.depth)
      .sort((a, b) => a.left - b.left);
    return row[row.findIndex((place) => place.node === current) + step]?.node;
  }
  const MOVES = {
    ArrowUp: () => current.up,
    ArrowDown: () => current.children.find((child) => cells.has(child) && !cells.get(child).place.many),
    ArrowLeft: () => beside(-1),
    ArrowRight: () => beside(1),
    Home: () => root,
  };
  chart.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") look(current);
    else if (event.key === "Escape") look(root);
    else if (MOVES[event.key]) cells.get(MOVES[event.key]())?.focus({ preventScroll: false });
    else return;
    event.preventDefault();
  });
  byId("out").addEventListener("click", () => look(root));

  function find() {
    wanted = search.value.trim().toLowerCase();
    hits = new Set(wanted === "" ? [] : nodes.filter((node) => node !== root && node.name.toLowerCase().includes(wanted)));
    aboveHits = new Set();
    let time = 0;
    for (const hit of hits) {
      let outermost = true;
      for (let up = hit; up; up = up.up) {
        aboveHits.add(up);
        if (up !== hit && hits.has(up)) outermost = false;
      }
      if (outermost) time += hit.total;
    }
    const some = `${hits.size} of ${nodes.length - 1} imports, ${ms(time)}`;
    byId("found").textContent = wanted === "" ? "" : hits.size ? some : "No module is called that.";
    for (const row of rows) row.classList.toggle("hit", wanted !== "" && row.module.toLowerCase().includes(wanted));
    draw();
  }
  search.addEventListener("input", find);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && search.value) {
      search.value = "";
      find();
      event.preventDefault();
    }
    if (event.key === "Enter" && hits.size) look(costliest([...hits]), true);
  });

  // The table: a click on a name shows it in the chart, a click on a heading sorts.
  const costliest = (some) => some.reduce((a, b) => (b.total > a.total ? b : a));
  const rows = [...document.querySelectorAll("#modules tbody tr")];
  for (const row of rows) {
    const name = row.querySelector(".name");
    row.module = name.textContent;
    const button = create("button", "name");
    button.type = "button";
    button.append(...name.childNodes);
    button.addEventListener("click", () => {
      const named = nodes.filter((node) => node !== root && node.name === row.module);
      if (!named.length) return;
      look(costliest(named));
      chart.scrollIntoView({ block: "nearest" });
    });
    name.replaceWith(button);
  }
  const headings = [...document.querySelectorAll("#modules th[data-by]")];
  function sortBy(heading) {
    const { by } = heading.dataset;
    const ascending = heading.ariaSort ? heading.ariaSort === "descending" : by === "module";
    for (const other of headings) other.removeAttribute("aria-sort");
    byId("modules").dataset.sorted = by;
    heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const order = by === "module"
      ? (a, b) => (a.module < b.module ? -1 : a.module > b.module ? 1 : 0)
      : (a, b) => a.dataset[by] - b.dataset[by];
    rows.sort((a, b) => (ascending ? order(a, b) : order(b, a)));
    rows[0]?.parentNode.append(...rows);
  }
  for (const heading of headings) {
    const button = create("button", "", heading.textContent);
    button.type = "button";
    button.addEventListener("click", () => sortBy(heading));
    heading.replaceChildren(button);
  }

  new ResizeObserver(draw).observe(chart);
})();
