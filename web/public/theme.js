// Before the first paint, so that a dark or large page does not flash light and small. The application keeps the same three settings.
try {
  const kept = JSON.parse(localStorage.getItem('minben.display') ?? '{}')
  const root = document.documentElement.dataset
  if (['light', 'dark', 'contrast'].includes(kept.theme)) root.theme = kept.theme
  if (['normal', 'large'].includes(kept.size)) root.size = kept.size
  if (['compact', 'normal', 'roomy'].includes(kept.density)) root.density = kept.density
} catch {
  // Storage is shut or holds something else: the page starts as drawn.
}
