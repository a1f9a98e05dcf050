name => {
  // A page as it is printed: its styles, what it says and its running title. Ids are those of this page, so that pages can stand below each other.
  const styles = [...document.querySelectorAll("style")].map(style =>
    style.textContent.trim() || [...style.sheet.cssRules].map(rule => rule.cssText).join("\n"));
  document.querySelectorAll("script, noscript, .skip, #bron").forEach(one => one.remove());
  document.querySelectorAll("[id]").forEach(one => {
    if (!one.closest("svg")) one.id = `${name}--${one.id}`;
  });
  document.querySelectorAll("[aria-labelledby]").forEach(one =>
    one.setAttribute("aria-labelledby", `${name}--${one.getAttribute("aria-labelledby")}`));
  const links = [...document.querySelectorAll("a[href]")];
  links.forEach(link => {
    const [file, id] = link.getAttribute("href").split("#");
    const page = file ? file.replace(/\.html$/, "") : name;
    if (!/^[a-z]+:/.test(file)) link.href = id ? `#${page}--${id}` : `#${page}`;
  });
  return {
    name: name,
    title: document.title,
    css: styles.join("\n").replace(/#([a-z][\w-]*)(?=[^{}]*\{)/g, '[id$="--$1"]'),
    body: document.body.innerHTML,
    running: document.documentElement.style.getPropertyValue("--running") || '""',
  };
}
