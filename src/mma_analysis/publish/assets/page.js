// Figures are drawn when they come near, and all of them for print; numbers say where they come from.
(function () {
  "use strict";
  var all = function (selector) { return Array.from(document.querySelectorAll(selector)); };
  var plots = all(".plot");
  var asks = window.matchMedia("(prefers-color-scheme: dark)");

  // --- figures -----------------------------------------------------------------------------------

  var dutch = {
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
  };
  var config = { displayModeBar: false, responsive: true, locale: "nl", doubleClick: false };

  // plotly.js is a text until the first figure is near: nobody waits for it to read the page.
  function plotly() {
    if (!window.Plotly) {
      var script = document.createElement("script");
      script.textContent = document.getElementById("plotly").textContent;
      document.head.append(script);
      window.Plotly.register(dutch);
    }
    return window.Plotly;
  }

  // The colours of figures → those on a dark page, where all that bears text is dark. White is paper
  // as the background of a pattern; as a text it stands in a part of a bar, and stays white.
  var dark = {
    "#1c252c": "#e4eaee", "#10161a": "#e4eaee", "#4b5760": "#b2bfc9", "#d5dde3": "#3a4853",
    "#eef2f5": "#1f2a33", "#154273": "#3570ab", "#4a789f": "#5b7690", "#c3cbd1": "#46525c",
    "#b3541e": "#bb5a22", "rgb(255,255,255)": "#12191f",
    "rgba(255,255,255,.85)": "rgba(18,25,31,.85)"
  };
  function spec(plot, isDark) {
    return JSON.parse(plot.nextElementSibling.textContent, function (key, value) {
      if (!isDark || typeof value !== "string") return value;
      return key === "bgcolor" && /^#fff(fff)?$/.test(value) ? "#12191f" : dark[value] || value;
    });
  }

  // A width only for paper, which is never dark.
  function render(plot, width) {
    var made = spec(plot, asks.matches && !width);
    if (width) made.layout.width = width;
    plotly().react(plot, made.data, made.layout, config);
    if (plot.dataset.drawn) return;
    plot.dataset.drawn = "yes";
    plot.on("plotly_click", function (clicked) {
      var id = [].concat(clicked.points[0].customdata)[0];
      if (id) tell(id, clicked.event);
    });
  }

  // One thing at a time, so that the page answers in between: first what is near, and the others
  // when there is nothing else to do. To read plotly.js takes longest.
  var waiting = [];
  var whenIdle = window.requestIdleCallback || function (next) { setTimeout(next, 50); };
  function drawNext() {
    var plot = waiting.shift() || plots.find(function (one) { return !one.dataset.drawn; });
    if (!plot) return;
    if (!window.Plotly) {
      waiting.unshift(plot);
      plotly();
    } else if (!plot.dataset.drawn) {
      render(plot);
    }
    if (waiting.length) setTimeout(drawNext, 20);
    else whenIdle(drawNext);
  }
  var near = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (entry.isIntersecting) waiting.push(entry.target);
    });
  }, { rootMargin: "300px" });
  plots.forEach(function (plot) { near.observe(plot); });
  if (plots.length) setTimeout(drawNext, 100);

  asks.addEventListener("change", function () {
    plots.forEach(function (plot) { if (plot.dataset.drawn) render(plot); });
  });

  // A figure as wide as the screen is cut off on paper; there it is 680 pixels wide (180 mm), and
  // made smaller by as much as page.css says.
  var onPaper = Math.floor(672 / 0.75);
  window.addEventListener("beforeprint", function () {
    plots.forEach(function (plot) { render(plot, onPaper); });
  });
  window.addEventListener("afterprint", function () {
    plots.forEach(function (plot) { render(plot); });
  });

  // --- a figure as a picture for a slide: 1600 × 900, with its title and source -------------------

  var slide = { width: 1600, height: 900, margin: 60 };
  function lines(pen, text, width) {
    return text.split(/\s+/).reduce(function (found, word) {
      var longer = (found[found.length - 1] + " " + word).trim();
      if (pen.measureText(longer).width > width) found.push(word);
      else found[found.length - 1] = longer;
      return found;
    }, [""]);
  }
  function textOf(within, selector) {
    var at = within.querySelector(selector);
    return at ? at.textContent.trim() : "";
  }
  function save(button) {
    var figure = button.closest("figure"), plot = figure.querySelector(".plot"), made = spec(plot, false);
    var canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
    var inside = slide.width - 2 * slide.margin, letters = getComputedStyle(document.body).fontFamily;
    canvas.width = slide.width;
    canvas.height = slide.height;
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, slide.width, slide.height);
    function write(text, font, size, colour, fromBelow) {
      if (!text) return 0;
      pen.font = font + " " + size + "px " + letters;
      pen.fillStyle = colour;
      var found = lines(pen, text, inside), high = 1.3 * size;
      var y = fromBelow ? slide.height - slide.margin - (found.length - 1) * high : top + size;
      found.forEach(function (line, n) { pen.fillText(line, slide.margin, y + n * high); });
      return found.length * high;
    }
    var top = slide.margin - 10;
    top += write(textOf(figure, ".ti"), "bold", 42, "#1c252c");
    top += write(textOf(figure, ".su"), "normal", 28, "#4b5760") + 20;
    var source = (textOf(figure, ".src") + " " + textOf(document, ".banner strong")).trim();
    var below = write(source, "normal", 22, "#4b5760", true) + 20;
    var high = slide.height - slide.margin - below - top;
    var scale = Math.min(2, high / plot.clientHeight);
    var size = { format: "png", width: inside / scale, height: high / scale, scale: scale };
    delete made.layout.height;
    return plotly().toImage(made, size).then(function (url) {
      var picture = new Image();
      picture.onload = function () {
        pen.drawImage(picture, slide.margin, top, inside, high);
        var link = document.createElement("a");
        link.download = button.dataset.name + ".png";
        link.href = canvas.toDataURL("image/png");
        link.click();
      };
      picture.src = url;
    });
  }
  all("button.png").forEach(function (button) {
    button.addEventListener("click", function () { save(button); });
  });

  // --- where a number comes from -------------------------------------------------------------------

  var bubble = document.getElementById("bron"), origins;
  function tell(id, at) {
    origins = origins || JSON.parse(document.getElementById("herkomst").textContent);
    bubble.textContent = origins[id] || "";
    var left = Math.min(at.clientX, document.documentElement.clientWidth - bubble.offsetWidth - 12);
    bubble.style.left = window.scrollX + Math.max(12, left) + "px";
    bubble.style.top = window.scrollY + at.clientY + 14 + "px";
  }
  function tellOf(number) {
    var box = number.getBoundingClientRect();
    tell(number.dataset.cell, { clientX: box.left, clientY: box.bottom - 8 });
  }
  document.addEventListener("click", function (event) {
    var number = event.target.closest("[data-cell]");
    if (number) tellOf(number);
    else if (!event.target.closest(".plot, #bron")) bubble.textContent = "";
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") bubble.textContent = "";
    if (!event.target.matches("[data-cell]") || !/^(Enter| )$/.test(event.key)) return;
    event.preventDefault();
    tellOf(event.target);
  });

  // Only for who asked for sources is every number a stop of the tab key.
  var asked = document.getElementById("bronnen");
  if (asked) asked.addEventListener("change", function () {
    all("[data-cell]").forEach(function (number) {
      if (asked.checked) number.setAttribute("role", "button");
      else number.removeAttribute("role");
      number.tabIndex = asked.checked ? 0 : -1;
    });
  });

  // --- the contents list follows the reader --------------------------------------------------------

  var links = {};
  all(".toc a").forEach(function (link) { links[link.hash.slice(1)] = link; });
  var here = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting || !links[entry.target.id]) return;
      Object.keys(links).forEach(function (id) { links[id].removeAttribute("aria-current"); });
      links[entry.target.id].setAttribute("aria-current", "true");
    });
  }, { rootMargin: "-20% 0px -70% 0px" });
  all("main section").forEach(function (section) { here.observe(section); });
})();
