namespace Slipway.Cli.Output;

/// <summary>Rows under headings, aligned, and cut to the terminal's width by shortening the widest columns.</summary>
internal sealed class Table(params string[] headings)
{
    private const int Gap = 2;
    private const int LeastColumn = 6;

    private readonly List<string[]> rows = [];

    /// <summary>One cell a heading; characters that would steer the terminal are shown, not obeyed.</summary>
    public void Add(params string[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, headings.Length);
        rows.Add(Array.ConvertAll(cells, TextLayout.Printable));
    }

    public void Write(CommandContext context) => Write(context.Out, context.Terminal.Width, context.Terminal.Style);

    /// <param name="width">Columns to fit in, or null: as wide as it gets.</param>
    internal void Write(TextWriter output, int? width, Style style)
    {
        int[] widths = new int[headings.Length];
        for (int column = 0; column < headings.Length; column++)
        {
            widths[column] = rows.Aggregate(headings[column].Length, (most, row) => Math.Max(most, TextLayout.Width(row[column])));
        }

        if (width is int limit)
        {
            Fit(widths, limit);
        }

        WriteRow(output, headings, widths, style.Bold);
        foreach (string[] row in rows)
        {
            WriteRow(output, row, widths, static text => text);
        }
    }

    /// <summary>Takes from the widest column until all fit, or none can give more.</summary>
    private static void Fit(int[] widths, int limit)
    {
        int excess = widths.Sum() + (Gap * (widths.Length - 1)) - limit;
        while (excess > 0)
        {
            int widest = Array.IndexOf(widths, widths.Max());
            if (widths[widest] <= LeastColumn)
            {
                return;
            }

            widths[widest]--;
            excess--;
        }
    }

    private static void WriteRow(TextWriter output, string[] cells, int[] widths, Func<string, string> paint)
    {
        int pending = 0;
        for (int column = 0; column < cells.Length; column++)
        {
            string cell = TextLayout.Cut(cells[column], widths[column]);
            if (cell.Length > 0)
            {
                output.Write(new string(' ', pending));
                output.Write(paint(cell));
                pending = 0;
            }

            pending += widths[column] - TextLayout.Width(cell) + Gap;
        }

        output.WriteLine();
    }
}
