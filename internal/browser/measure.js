// Finds text that is cut off, overlaps or has too little contrast.
(() => {
  const shown = box => box.width > 0.5 && box.height > 0.5;

  // Every line of text with its box.
  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("style, script, title")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    // SVG text with textLength has its condensed width only as an element, not as a range.
    const boxes = element.closest("svg") ? [element.getBoundingClientRect()] : range.getClientRects();
    for (const box of boxes) {
      if (shown(box)) lines.push({node, element, box, text: node.data.trim().replace(/\s+/g, " ").slice(0, 60)});
    }
  }

  // Text is cut off if it extends beyond the window, or beyond an element that hides or scrolls its overflow: readers
  // do not notice that there is more.
  const width = document.documentElement.clientWidth;
  const cut = [];
  for (const {element, box, text} of lines) {
    if (box.left < -1 || box.right > width + 1) {
      cut.push(`${text} ends at ${Math.round(box.right)} of ${width}`);
      continue;
    }
    for (let around = element; around; around = around.parentElement) {
      const style = getComputedStyle(around);
      if (style.display === "inline" || (style.overflowX === "visible" && style.overflowY === "visible")) continue;
      if (around === document.documentElement || around === document.body) continue;
      const outer = around.getBoundingClientRect();
      const tall = style.overflowY !== "visible" && (box.top < outer.top - 3 || box.bottom > outer.bottom + 3);
      if (box.left < outer.left - 1 || box.right > outer.right + 1 || tall) {
        cut.push(`${text} extends beyond its <${around.localName} class="${around.getAttribute("class") ?? ""}">`);
        break;
      }
    }
  }

  // Line boxes are taller than their letters, so they may overlap slightly.
  const colliding = [];
  const sorted = [...lines].sort((a, b) => a.box.top - b.box.top);
  sorted.forEach((one, i) => {
    for (const other of sorted.slice(i + 1)) {
      if (other.box.top >= one.box.bottom - 3) break;
      if (one.node !== other.node && one.box.left < other.box.right - 1 && other.box.left < one.box.right - 1) {
        colliding.push(one.text + " | " + other.text);
      }
    }
  });

  // Contrast ratio: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.
  const parseColor = text => {
    const [red, green, blue, alpha = 1] = (text.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
    return {red, green, blue, alpha};
  };
  const over = (top, below) => {
    const mix = part => top[part] * top.alpha + below[part] * (1 - top.alpha);
    return {red: mix("red"), green: mix("green"), blue: mix("blue"), alpha: 1};
  };
  const luminance = ({red, green, blue}) => {
    const linear = [red, green, blue].map(part => part / 255).map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const contrast = (a, b) => {
    const [dark, bright] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (bright + 0.05) / (dark + 0.05);
  };
  const within = (box, outer) => {
    const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
    return outer.left <= x && x <= outer.right && outer.top <= y && y <= outer.bottom;
  };
  // The background of SVG text is the shapes drawn before it, the last one on top.
  const shapes = new Map([...document.querySelectorAll("svg")].map(svg =>
    [svg, [...svg.querySelectorAll("rect, circle, path")].map(shape => ({shape, box: shape.getBoundingClientRect(), style: getComputedStyle(shape)}))
      .filter(({box, style}) => shown(box) && style.fill !== "none")]));
  const backgroundOf = ({element, box}) => {
    const layers = [];
    const svg = element.closest("svg");
    for (const {shape, box: outer, style} of svg ? shapes.get(svg) : []) {
      if (within(box, outer) && shape.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) {
        const fill = parseColor(style.fill);
        layers.unshift({...fill, alpha: fill.alpha * style.fillOpacity * style.opacity});
      }
    }
    for (let around = svg ?? element; around; around = around.parentElement) layers.push(parseColor(getComputedStyle(around).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), {red: 255, green: 255, blue: 255, alpha: 1});
  };
  const pale = new Set();
  for (const line of lines) {
    const style = getComputedStyle(line.element);
    const ink = parseColor(line.element.closest("svg") ? style.fill : style.color);
    for (let around = line.element; around; around = around.parentElement) ink.alpha *= getComputedStyle(around).opacity;
    const background = backgroundOf(line);
    const ratio = contrast(over(ink, background), background);
    if (ratio < 4.5) pale.add(`${line.text} has a contrast of ${ratio.toFixed(2)}`);
  }
  return {
    width: document.documentElement.scrollWidth, background: getComputedStyle(document.body).backgroundColor,
    text: document.body.innerText, lines: lines.length, cut, colliding, pale: [...pale],
  };
})()
