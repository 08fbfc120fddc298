/* On a wide screen the filters stand open beside the list; on a narrow one they are a drawer that one opens.
   The page does so alone where the browser can style what a closed <details> holds. */
const drawer = document.querySelector("#filtres details");
const wide = matchMedia("(min-width: 62em)");

if (drawer && !CSS.supports("selector(::details-content)")) {
  const settle = () => { drawer.open = wide.matches; };
  settle();
  wide.addEventListener("change", settle);
}
