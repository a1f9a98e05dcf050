// Draws the figures: Dutch numbers and months, when they come into view, and all of them for print.
(function () {
  "use strict";
  Plotly.register({
    moduleType: "locale",
    name: "nl",
    dictionary: {},
    format: {
      days: ["zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"],
      shortDays: ["zo", "ma", "di", "wo", "do", "vr", "za"],
      months: ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus",
        "september", "oktober", "november", "december"],
      shortMonths: ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
      date: "%d-%m-%Y",
      decimal: ",",
      thousands: "."
    }
  });
  var config = { displayModeBar: false, responsive: true, locale: "nl", doubleClick: false };
  var plots = Array.prototype.slice.call(document.querySelectorAll(".plot"));

  // The colours of show/charts/style.py → the same hues on a dark page. What is written in a part of
  // a bar keeps its colour, as the part itself does.
  var colours = {
    "#1c252c": "#e4eaee", "#4b5760": "#b2bfc9", "#d5dde3": "#3a4853", "#eef2f5": "#1f2a33",
    "#154273": "#3570ab", "#b3541e": "#bb5a22", "#0b7a75": "#1f948e", "#c9dceb": "#4f7596",
    "#7fa6c9": "#a5c5e0", "#d8dde1": "#93a0ab", "rgb(255,255,255)": "#12191f", "rgba(255,255,255,.85)": "rgba(18,25,31,.85)"
  };
  var swatches = Array.prototype.slice.call(document.querySelectorAll(".swatch"));
  swatches.forEach(function (swatch) { swatch.dataset.light = swatch.getAttribute("style").split(":")[1]; });
  var asks = window.matchMedia("(prefers-color-scheme: dark)");

  function spec(plot, isDark) {
    var read = function (key, value) { return isDark && colours[value] || value; };
    return JSON.parse(plot.nextElementSibling.textContent, read);
  }

  // A width only for paper, which is never dark.
  function render(plot, width) {
    var made = spec(plot, asks.matches && !width);
    if (width) made.layout.width = width;
    Plotly.react(plot, made.data, made.layout, config);
  }

  function colourKeys(isDark) {
    swatches.forEach(function (swatch) {
      var light = swatch.dataset.light;
      swatch.style.background = isDark && colours[light] || light;
    });
  }
  colourKeys(asks.matches);

  function draw(plot) {
    if (plot.dataset.drawn) return;
    plot.dataset.drawn = "yes";
    render(plot);
  }

  asks.addEventListener("change", function () {
    colourKeys(asks.matches);
    plots.forEach(function (plot) { if (plot.dataset.drawn) render(plot); });
  });

  var seen = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting) return;
      seen.unobserve(entry.target);
      draw(entry.target);
    });
  }, { rootMargin: "800px" });
  plots.forEach(function (plot) { seen.observe(plot); });

  function drawRest() {
    var next = plots.find(function (plot) { return !plot.dataset.drawn; });
    if (!next) return;
    draw(next);
    setTimeout(drawRest, 30);
  }
  window.addEventListener("load", function () { setTimeout(drawRest, 300); });

  // A chart as wide as the screen is cut off on paper; there a figure is 608 pixels wide, and made
  // smaller by as much as page.css says.
  var onPaper = Math.floor(600 / 0.8);
  var folded = document.querySelectorAll("details.keep:not([open])");
  window.addEventListener("beforeprint", function () {
    folded.forEach(function (details) { details.open = true; });
    colourKeys(false);
    plots.forEach(function (plot) { plot.dataset.drawn = "yes"; render(plot, onPaper); });
  });
  window.addEventListener("afterprint", function () {
    folded.forEach(function (details) { details.open = false; });
    colourKeys(asks.matches);
    plots.forEach(function (plot) { render(plot); });
  });

  // The contents list follows the reader; on a phone it starts closed.
  var links = {};
  document.querySelectorAll("nav.toc a[href^='#']").forEach(function (a) { links[a.hash.slice(1)] = a; });
  var here = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting) return;
      Object.keys(links).forEach(function (id) { links[id].removeAttribute("aria-current"); });
      links[entry.target.id].setAttribute("aria-current", "true");
    });
  }, { rootMargin: "-20% 0px -70% 0px" });
  document.querySelectorAll("main section").forEach(function (section) { here.observe(section); });
  if (window.matchMedia("(max-width: 67.99rem)").matches) {
    document.querySelector("nav.toc details").open = false;
  }
})();
