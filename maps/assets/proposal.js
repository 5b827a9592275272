// Correcting a decision: what was said of the wrong step is not said of the right one. The box of the reason is
// emptied, and filled again when the step that stood is chosen back.
{
  const form = document.getElementById("correction");
  const box = document.getElementById("right-reason");
  const said = box.defaultValue;
  form.addEventListener("change", ({ target }) => {
    if (target.name !== "step") return;
    if (target.dataset.empties && box.value === said) box.value = "";
    else if (!target.dataset.empties && !box.value) box.value = said;
  });
}
