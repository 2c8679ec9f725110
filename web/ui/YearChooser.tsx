interface YearChooserProps {
  year: number
  onChoose: (year: number) => void
}

/** One year back, one year on. */
export function YearChooser({ year, onChoose }: YearChooserProps) {
  return (
    <span className="hs" role="group" aria-label="换一年">
      <button className="btn btn-s" type="button" onClick={() => onChoose(year - 1)}>
        {year - 1} 年
      </button>
      <button className="btn btn-s" type="button" onClick={() => onChoose(year + 1)}>
        {year + 1} 年
      </button>
    </span>
  )
}
