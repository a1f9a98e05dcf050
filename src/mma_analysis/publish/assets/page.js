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

  function draw(plot) {
    if (plot.dataset.drawn) return;
    plot.dataset.drawn = "yes";
    var spec = JSON.parse(plot.nextElementSibling.textContent);
    Plotly.newPlot(plot, spec.data, spec.layout, config);
  }

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

  // A chart as wide as the screen is cut off on paper; there a figure is 608 pixels wide.
  window.addEventListener("beforeprint", function () {
    plots.forEach(function (plot) { draw(plot); Plotly.relayout(plot, { width: 600 }); });
  });
  window.addEventListener("afterprint", function () {
    plots.forEach(function (plot) { Plotly.relayout(plot, { width: null, autosize: true }); });
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
