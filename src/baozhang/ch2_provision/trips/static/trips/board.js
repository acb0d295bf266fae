// A group of requests is drawn onto the lane of a vehicle or a driver, which chooses it in the group's form; sending stays one button.
// Whoever has no mouse chooses in the two lists of the form, which are the same thing.
let drawn = null;

for (const form of document.querySelectorAll(".trip-group")) {
  const grip = form.querySelector(".trip-grip");
  grip.hidden = false;
  grip.addEventListener("dragstart", (event) => {
    drawn = form;
    event.dataTransfer.effectAllowed = "link";
    event.dataTransfer.setData("text/plain", grip.textContent);
    event.dataTransfer.setDragImage(form, 8, 8);
    document.body.classList.add("trip-drawing");
  });
  grip.addEventListener("dragend", () => {
    drawn = null;
    document.body.classList.remove("trip-drawing");
  });
}

for (const lane of document.querySelectorAll(".trip-lane[data-of]")) {
  const choice = () => drawn?.querySelector(`select[name=${lane.dataset.of}]`);
  lane.addEventListener("dragover", (event) => {
    if (!choice()) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "link";
    lane.classList.add("over");
  });
  lane.addEventListener("dragleave", () => lane.classList.remove("over"));
  lane.addEventListener("drop", (event) => {
    lane.classList.remove("over");
    const select = choice();
    if (!select) return;
    event.preventDefault();
    select.value = lane.dataset.key;
    select.closest("label").classList.add("chosen");
    select.form.querySelector(".btn.primary").focus();
    select.form.scrollIntoView({ block: "nearest" });
  });
}
