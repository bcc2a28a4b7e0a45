// Own code, no dependency. Everything on the pages works without it except the theme switch and the paths of a picked box.
const root = document.documentElement;
try { if (localStorage.theme) root.dataset.theme = localStorage.theme; } catch { /* private window */ }

const switchTheme = () => {
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  try { localStorage.theme = root.dataset.theme; } catch { /* private window */ }
};

// How much of each box's loss comes to, or goes on from, the picked one: its share weights how strongly a path lights up.
const weigh = (flows, inflow, id) => {
  const toward = new Map([[id, 1]]), onward = new Map([[id, 1]]), size = flow => +flow.dataset.size;
  const upstream = box => {
    if (!toward.has(box)) {
      toward.set(box, 0);
      const total = inflow.get(box) || 1;
      toward.set(box, flows.filter(f => f.dataset.from === box).reduce((sum, f) => sum + size(f) / total * upstream(f.dataset.to), 0));
    }
    return toward.get(box);
  };
  const downstream = box => {
    if (!onward.has(box)) {
      onward.set(box, 0);
      const total = inflow.get(box) || 1;
      onward.set(box, flows.filter(f => f.dataset.to === box).reduce((sum, f) => sum + size(f) / total * downstream(f.dataset.from), 0));
    }
    return onward.get(box);
  };
  return { ribbon: flow => Math.max(upstream(flow.dataset.to), downstream(flow.dataset.from)), box: box => Math.max(upstream(box), downstream(box)) };
};

const pickable = svg => {
  const flows = [...svg.querySelectorAll("[data-from]")], boxes = [...svg.querySelectorAll("[data-box]")];
  const inflow = new Map(boxes.map(box => [box.dataset.box, +box.dataset.in]));
  let pinned = null;
  const show = picked => {
    const weight = picked && weigh(flows, inflow, picked.dataset.box);
    for (const flow of flows) flow.style.opacity = weight ? 0.08 + 0.92 * Math.min(1, weight.ribbon(flow)) : "";
    for (const box of boxes) box.style.opacity = weight && box !== picked ? 0.3 + 0.7 * Math.min(1, weight.box(box.dataset.box)) : "";
  };
  const pin = box => {
    pinned = pinned === box ? null : box;
    for (const each of boxes) each.setAttribute("aria-pressed", String(each === pinned));
    show(pinned);
  };
  for (const box of boxes) {
    box.addEventListener("pointerenter", () => show(box));
    box.addEventListener("pointerleave", () => show(pinned));
    box.addEventListener("click", () => pin(box));
    box.addEventListener("keydown", event => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pin(box); }
      if (event.key === "Escape" && pinned) pin(pinned);
    });
  }
};

// The list of services is filtered by the server; with script it happens while typing.
const searchable = form => {
  let last = 0;
  form.addEventListener("input", async () => {
    const asked = ++last, address = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`;
    await new Promise(done => setTimeout(done, 180));
    if (asked !== last) return;
    const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
    if (asked === last) document.querySelector("#service-list").replaceWith(page.querySelector("#service-list"));
  });
};

// A slash goes to the search box of any page, Escape leaves it.
const findable = input => {
  input.nextElementSibling.hidden = false;
  document.addEventListener("keydown", event => {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); input.focus(); input.select(); }
    if (event.key === "Escape" && event.target === input) { event.preventDefault(); input.blur(); }
  });
};

// Paper has no folds: what carries a finding is opened to print. The style does so too, in browsers that know ::details-content.
let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("details.prints:not([open])")];
  for (const each of unfolded) each.open = true;
});
addEventListener("afterprint", () => { for (const each of unfolded) each.open = false; });

addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("[data-theme-switch]");
  if (button) { button.hidden = false; button.addEventListener("click", switchTheme); }
  for (const svg of document.querySelectorAll("svg[role=group]")) pickable(svg);
  const filter = document.querySelector("form[data-filter]"), box = document.querySelector("form.find input");
  if (filter) searchable(filter);
  if (box) findable(box);
});
