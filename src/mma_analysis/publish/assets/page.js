// Figures can be kept; numbers say where they come from. Without this a page is whole.
(function () {
  "use strict";
  var all = function (selector) { return Array.from(document.querySelectorAll(selector)); };
  var vector = "http://www.w3.org/2000/svg";

  // --- a figure to keep: its drawing with all that stands around it, for a slide of 1600 × 900 -----

  function textOf(within, selector) {
    var at = within.querySelector(selector);
    return at ? at.textContent.trim() : "";
  }
  function lines(text, font, width) {
    var pen = document.createElement("canvas").getContext("2d");
    pen.font = font;
    return text.split(/\s+/).reduce(function (found, word) {
      var longer = (found[found.length - 1] + " " + word).trim();
      if (pen.measureText(longer).width > width) found.push(word);
      else found[found.length - 1] = longer;
      return found;
    }, [""]);
  }
  function element(name, attributes) {
    var made = document.createElementNS(vector, name);
    Object.keys(attributes).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    return made;
  }

  // Drawn at half its size, 800 × 450 with 30 around it: letters of 16 become 32 on the slide.
  var slide = { width: 800, height: 450, margin: 30 };
  function slideOf(figure) {
    var inside = slide.width - 2 * slide.margin;
    var letters = getComputedStyle(document.body).fontFamily;
    var made = element("svg", {
      width: 2 * slide.width, height: 2 * slide.height,
      viewBox: "0 0 " + slide.width + " " + slide.height, "font-family": letters,
    });
    made.append(element("rect", { width: slide.width, height: slide.height, fill: "#fff" }));
    function write(text, size, weight, colour, y) {
      var found = text ? lines(text, weight + " " + size + "px " + letters, inside) : [];
      found.forEach(function (line, n) {
        var at = element("text", {
          x: slide.margin, y: y + size * (1 + 1.3 * n), "font-size": size, "font-weight": weight, fill: colour,
        });
        at.textContent = line;
        made.append(at);
      });
      return found.length * size * 1.3;
    }
    var top = 24;
    top += write(textOf(figure, ".ti"), 21, "bold", "#1c252c", top);
    top += write(textOf(figure, ".su"), 14, "normal", "#4b5760", top) + 12;
    var below = [textOf(figure, ".note"), textOf(figure, ".src"), textOf(document, ".banner strong")];
    var source = below.filter(Boolean).join(" ");
    var high = lines(source, "normal 11px " + letters, inside).length * 11 * 1.3;
    write(source, 11, "normal", "#4b5760", slide.height - 22 - high);

    var drawing = figure.querySelector(".plot > .wide"), drawn = drawing.cloneNode(true);
    var left = parseFloat(drawing.style.marginLeft) || 0, right = parseFloat(drawing.style.marginRight) || 0;
    var room = slide.height - 36 - high - top;
    var scale = Math.min(1.25, room / drawing.getAttribute("height"));
    ["style", "class", "display", "aria-hidden"].forEach(function (name) { drawn.removeAttribute(name); });
    drawn.setAttribute("x", left);
    drawn.setAttribute("width", inside / scale - left - right);
    var place = element("g", { transform: "translate(" + slide.margin + " " + top + ") scale(" + scale + ")" });
    place.append(drawn);
    made.append(place);
    return new XMLSerializer().serializeToString(made);
  }
  function keep(name, address) {
    var link = document.createElement("a");
    link.download = name;
    link.href = address;
    link.click();
  }
  all("button.png").forEach(function (button) {
    button.addEventListener("click", function () {
      var address = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(slideOf(button.closest("figure")));
      if (button.matches(".vector")) {
        keep(button.dataset.name + ".svg", address);
        return;
      }
      var picture = new Image(), canvas = document.createElement("canvas");
      picture.onload = function () {
        canvas.width = 2 * slide.width;
        canvas.height = 2 * slide.height;
        canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
        keep(button.dataset.name + ".png", canvas.toDataURL("image/png"));
      };
      picture.src = address;
    });
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

  // Who asked for sources goes through the numbers with the keyboard. Each part of the page is one
  // stop of the tab key: with hundreds of stops nobody gets past them. Arrows go on from there.
  var asked = document.getElementById("bronnen"), numbers = [];
  var parts = "section, figure, .head, .read, footer";
  function stopAt(number) {
    numbers.forEach(function (one) {
      if (one.closest(parts) === number.closest(parts)) one.tabIndex = one === number ? 0 : -1;
    });
  }
  if (asked) asked.addEventListener("change", function () {
    var begun = [];
    numbers = all("[data-cell]:not(.plot *)").filter(function (one) { return one.checkVisibility(); });
    numbers.forEach(function (number) {
      if (!asked.checked) {
        number.removeAttribute("role");
        number.removeAttribute("tabindex");
        return;
      }
      var part = number.closest(parts);
      number.setAttribute("role", "button");
      number.tabIndex = begun.includes(part) ? -1 : 0;
      begun.push(part);
    });
    if (!asked.checked) numbers = [];
  });
  var steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  document.addEventListener("keydown", function (event) {
    var at = numbers.indexOf(event.target), to = numbers[at + steps[event.key]];
    if (at < 0 || !to) return;
    event.preventDefault();
    bubble.textContent = "";
    stopAt(to);
    to.focus();
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
