// Runs before the first paint: the server already set the chosen classes from cookies; this adds only what
// the server cannot know, the scheme of the device, and says that scripts run.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const follow = () => {
    if (root.classList.contains("scheme-dark") || root.classList.contains("scheme-light")) return;
    root.classList.toggle("dark", matchMedia("(prefers-color-scheme: dark)").matches);
  };
  follow();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", follow);
})();
