// Before the first paint: the chosen theme, or what the system says (then no attribute).
try {
  var chosen = localStorage.getItem("pluto.theme");
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
} catch (unavailable) {
  // storage is switched off: the system's theme it is
}
