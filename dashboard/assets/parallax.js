/* What the pages need in the browser: opening sentences, lighting spans, moving in a matrix, titles. */
(function () {
  "use strict";

  /* Elements that stand still, drawn as they are: one component of Dash for all of them (see still.py). */
  function drawn(node) {
    if (Array.isArray(node)) { return window.React.createElement.apply(null, [window.React.Fragment, null].concat(node.map(drawn))); }
    if (node === null || typeof node !== "object") { return node; }
    const { children, ...rest } = node.props;
    const within = Array.isArray(children) ? children.map(drawn) : [drawn(children === undefined ? null : children)];
    return window.React.createElement.apply(null, [node.type.toLowerCase(), rest].concat(within));
  }

  window.parallax_parts = {
    Still: function (props) { return drawn(props.tree); }
  };

  /* Which choices of a list hold what is typed: every word, in any order, where the library's own looks for the words
     side by side. Those that the server has found are shown as they come. */
  function holding(options, words, limit) {
    const found = [];
    options.forEach(function (option) {
      if (found.length >= limit) { return; }
      if (option.items) {
        const items = holding(option.items, words, limit - found.length);
        if (items.length) { found.push({ ...option, items: items }); }
        return;
      }
      const label = option.label.toLowerCase();
      if (words.every(function (word) { return label.includes(word); })) { found.push(option); }
    });
    return found;
  }

  window.dashMantineFunctions = {
    asFound: function (given) { return given.options.slice(0, given.limit); },
    byWords: function (given) {
      return holding(given.options, given.search.toLowerCase().split(/\s+/).filter(Boolean), given.limit);
    }
  };

  window.dash_clientside = window.dash_clientside || {};
  let arrivals = 0;

  window.dash_clientside.parallax = {
    /* After a page is drawn: its title, and the focus at its beginning (but not on the first page). */
    arrived: function (title) {
      if (!title) { return; }
      document.title = title + " · Parallax";
      document.querySelectorAll(".nav-link").forEach(function (link) {
        if (link.classList.contains("current")) {
          link.setAttribute("aria-current", "page");
          link.scrollIntoView({ block: "nearest", inline: "center" });
        }
        else { link.removeAttribute("aria-current"); }
      });
      if (arrivals++ > 0) {
        const main = document.getElementById("main");
        if (main && !document.querySelector("[role=dialog]")) {
          main.focus({ preventScroll: true });
          window.scrollTo(0, 0);
        }
      }
    },
    /* A poll waits after each tick until its answer lets it go on: answers slower than the interval would
       otherwise overtake one another, and none be heard. As a page is drawn Dash asks without a tick. */
    wait: function (ticks) {
      return ticks ? true : window.dash_clientside.no_update;
    },
    /* A drawer that its reader closes holds nothing any more. */
    closed: function (opened) {
      if (opened === false) { window.dash_clientside.set_props("compare-open", { data: null }); }
    },
    look: function () {
      wide = widthNow();
      return [schemeNow(), wide];
    }
  };

  /* Light or dark as the page stands; charts are drawn for it, and anew when it changes. */
  function schemeNow() {
    return document.documentElement.getAttribute("data-mantine-color-scheme") === "dark" ? "dark" : "light";
  }

  /* The width that charts have, in steps of 50 pixels; they are drawn for it, and anew when it changes. */
  function widthNow() {
    const main = document.getElementById("main");
    if (!main) { return null; }
    const style = getComputedStyle(main);
    const room = main.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return Math.min(1200, Math.max(300, Math.floor(room / 50) * 50));
  }

  let wide = null;
  window.addEventListener("resize", function () {
    const now = widthNow();
    if (now && now !== wide) {
      wide = now;
      window.dash_clientside.set_props("shell-width", { data: now });
    }
  });

  let drawnFor = schemeNow();
  new MutationObserver(function () {
    if (schemeNow() !== drawnFor && document.getElementById("shell-toggle")) {
      drawnFor = schemeNow();
      window.dash_clientside.set_props("shell-scheme", { data: drawnFor });
    }
  }).observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });

  /* What components of others leave without a role or a name of its own. The head of a drawer is not the page's. */
  new MutationObserver(function () {
    document.querySelectorAll(".mantine-Drawer-header:not([role])").forEach(function (head) {
      head.setAttribute("role", "none");
    });
    document.querySelectorAll('input[type="file"]:not([aria-label])').forEach(function (input) {
      input.setAttribute("aria-label", "A file with the text");
    });
  }).observe(document.body, { childList: true, subtree: true });

  /* An element with data-set and data-value writes its value into that store; the number lets the same
     value be chosen twice. */
  function choose(element) {
    window.dash_clientside.set_props(element.dataset.set, {
      data: { value: element.dataset.value, at: Date.now() }
    });
  }

  /* A click on a mark of a chart opens what is behind it: the place of the chart says how (`data-marks`), the mark
     says of what, by source, quantity and item. */
  function open(chart, point) {
    const place = chart.closest("[data-marks]");
    const behind = point && (point.customdata || point.data.meta);
    if (!place || !behind) { return; }
    const set = window.dash_clientside.set_props;
    const source = behind[0], quantity = behind[1], item = behind[2], opens = place.dataset.marks;
    if (opens.startsWith("/")) {
      const address = new URL(opens + encodeURIComponent(item), window.location.href);
      set("shell-address", { pathname: address.pathname, search: address.search });
    } else if (opens !== "sentences") {
      set(opens, { value: source });
    } else if (item) {
      const event = place.dataset.event ? "#" + place.dataset.event : "";
      set("shell-open", { data: { value: quantity + "|" + item + (source ? "@" + source : "") + event, at: Date.now() } });
    }
  }

  new MutationObserver(function () {
    document.querySelectorAll(".js-plotly-plot:not([data-heard])").forEach(function (chart) {
      if (!chart.on) { return; }
      chart.dataset.heard = "";
      chart.on("plotly_click", function (event) { open(chart, event.points[0]); });
    });
  }).observe(document.body, { childList: true, subtree: true });

  /* What the view in sight holds that can be taken away: its charts, tables and reports, in their order. */
  function collect(element) {
    const found = Array.from(document.querySelectorAll("[data-take]")).map(function (part) {
      return part.dataset.take;
    });
    window.dash_clientside.set_props(element.dataset.collect, { data: { value: found, at: Date.now() } });
  }

  document.addEventListener("click", function (event) {
    const collector = event.target.closest("[data-collect]");
    if (collector) { collect(collector); return; }
    const element = event.target.closest("[data-set]");
    if (element) { choose(element); return; }
    const lamp = event.target.closest("[data-lights]");
    if (lamp) {
      const first = spans(lamp.dataset.lights, lamp)[0];
      if (first) { first.scrollIntoView({ block: "center", behavior: "smooth" }); }
    }
  });

  /* What is chosen from a list counts at once: its component says so a moment later, and until then a newer list of
     choices from the server would undo it. */
  document.addEventListener("click", function (event) {
    const option = event.target.closest(".mantine-Select-option");
    const list = option && option.closest("[role=listbox]");
    const input = list && document.querySelector('.mantine-Select-input[aria-controls="' + list.id + '"]');
    if (input) { window.dash_clientside.set_props(input.id, { value: option.getAttribute("value") }); }
  }, true);

  /* Arrow keys move between the figures of a matrix; Enter opens one. */
  const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

  document.addEventListener("keydown", function (event) {
    const active = document.activeElement;
    if (!active || !active.closest) { return; }
    const cell = active.closest("td[data-set]");
    if (cell && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      choose(cell);
      return;
    }
    const step = STEPS[event.key];
    const table = active.closest(".matrix-scroll");
    if (!step || !table) { return; }
    const rows = Array.from(table.querySelectorAll("tbody tr")).filter(function (row) {
      return row.querySelector("td[data-set]");
    });
    if (!rows.length) { return; }
    const here = cell ? cell.parentElement : active.closest("tr");
    let row = rows.indexOf(here);
    let column = cell ? Array.from(here.children).indexOf(cell) : 0;
    if (row < 0) { row = 0; column = 1; } else { row += step[0]; column += step[1]; }
    const next = rows[row] && rows[row].children[column];
    const target = next && (next.matches("td") ? next : next.querySelector("button"));
    if (target) { event.preventDefault(); target.focus(); }
  });

  /* While the focus is on what is to be coded, a key of the card (`data-key`) gives its answer; what comes next has the
     focus then, so that a coder need not leave the keyboard. */
  let answering = false;

  document.addEventListener("keydown", function (event) {
    const card = document.activeElement && document.activeElement.closest && document.activeElement.closest("#coding-card");
    if (!card || event.ctrlKey || event.altKey || event.metaKey || event.repeat) { return; }
    const button = card.querySelector('[data-key="' + CSS.escape(event.key.toLowerCase()) + '"]:not(:disabled)');
    if (button) { event.preventDefault(); button.click(); }
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("#coding-card [data-key]")) { answering = true; }
  });

  new MutationObserver(function () {
    const card = answering && document.querySelector("#coding-card .coding-card, #coding-card .state");
    if (!card || card.contains(document.activeElement)) { return; }
    answering = false;
    card.setAttribute("tabindex", "-1");
    card.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });

  /* Pointing at what was found lights its spans, and the reverse. */
  function spans(names, near) {
    const side = near.closest("[data-side]") || document;
    return names.split(" ").flatMap(function (name) {
      return Array.from(side.querySelectorAll('[data-row~="' + CSS.escape(name) + '"]'));
    });
  }

  function light(on) {
    return function (event) {
      const target = event.target;
      if (!target.closest) { return; }
      const lamp = target.closest("[data-lights]");
      if (lamp) {
        spans(lamp.dataset.lights, lamp).forEach(function (span) { span.classList.toggle("lit", on); });
        return;
      }
      const span = target.closest("[data-row]");
      if (!span) { return; }
      const side = span.closest("[data-side]") || document;
      span.dataset.row.split(" ").forEach(function (name) {
        side.querySelectorAll('[data-lights="' + CSS.escape(name) + '"]').forEach(function (chip) {
          chip.classList.toggle("lit", on);
        });
      });
    };
  }

  document.addEventListener("mouseover", light(true));
  document.addEventListener("mouseout", light(false));
  document.addEventListener("focusin", light(true));
  document.addEventListener("focusout", light(false));
})();
