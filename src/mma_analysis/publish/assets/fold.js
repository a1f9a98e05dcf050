// With scripts a figure shows what its table says: the table is folded before anybody sees it open.
document.documentElement.className = "js";
new MutationObserver(function () {
  document.querySelectorAll("figure details[open]:not([data-folded])").forEach(function (details) {
    details.dataset.folded = "yes";
    details.open = false;
  });
}).observe(document, { childList: true, subtree: true });
