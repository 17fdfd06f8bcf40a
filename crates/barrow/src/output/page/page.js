"use strict";
// What the scripts of all pages share.
const byId = (id) => document.getElementById(id);
const create = (tag, className, text = "") => {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
};
// Words and figures beside each other, the words above.
const list = (rows) => {
  const figures = create("dl", "");
  for (const [word] of rows) figures.append(create("dt", "", word));
  for (const [, value] of rows) figures.append(create("dd", "", value));
  return figures;
};
// The box beside the pointer, or under what the keyboard is at.
const tip = (() => {
  const box = create("div", "tip");
  box.hidden = true;
  document.body.append(box);
  const show = (x, y, ...content) => {
    box.replaceChildren(...content);
    box.hidden = false;
    const { width, height } = box.getBoundingClientRect();
    const left = Math.max(8, Math.min(x + 12, innerWidth - width - 8));
    const top = y + 18 + height > innerHeight ? y - height - 10 : y + 18;
    box.style.transform = `translate(${left}px, ${Math.max(8, top)}px)`;
  };
  const hide = () => {
    box.hidden = true;
  };
  return { show, hide };
})();
