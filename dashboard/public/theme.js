// Runs before the first paint, so that a page in the light theme never flashes dark.
{
  const wanted = localStorage.getItem("theme");
  const light = wanted ? wanted === "light" : matchMedia("(prefers-color-scheme: light)").matches;
  document.documentElement.dataset.theme = light ? "light" : "dark";
}
