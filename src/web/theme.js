// Runs before the first paint, so that a chosen theme never flashes the other one.
(() => {
  const chosen = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      // A browser that forbids storage: the system's theme it is.
      return null;
    }
  };
  const theme = chosen("deskwatch.theme");
  const colours = chosen("deskwatch.colours");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
  if (colours !== null) document.documentElement.dataset.colours = colours;
})();
