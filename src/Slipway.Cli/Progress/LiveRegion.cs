using Slipway.Cli.Output;

namespace Slipway.Cli.Progress;

/// <summary>
/// Lines at the end of stderr that are drawn again in place while something goes on, and stay as they are at the end. For a terminal only: it moves the cursor.
/// </summary>
internal sealed class LiveRegion : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(120);

    private readonly Lock gate = new();
    private readonly CommandContext context;
    private readonly Func<int, int?, IReadOnlyList<string>> draw;
    private readonly ITimer timer;
    private string last = "";
    private int drawn;
    private bool ended;

    /// <param name="draw">The lines for so many columns and rows (null: however many there are). Called under the region's lock, from the timer's thread too.</param>
    public LiveRegion(CommandContext context, Func<int, int?, IReadOnlyList<string>> draw)
    {
        (this.context, this.draw) = (context, draw);
        timer = context.Time.CreateTimer(_ => Redraw(), null, Quiet, Period);
    }

    /// <summary>Changes what is drawn, apart from drawing it.</summary>
    public void Change(Action change)
    {
        lock (gate)
        {
            change();
        }
    }

    /// <summary>Writes a line that stays, above the region.</summary>
    public void WriteAbove(string line)
    {
        lock (gate)
        {
            Clear();
            context.Error.WriteLine(line);
            context.Error.Flush();
        }
    }

    /// <summary>Draws everything for the last time.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (!ended)
            {
                ended = true;
                Clear();
                Write(draw(Columns, null));
            }
        }

        timer.Dispose();
    }

    private static int Columns => (Linux.Terminal.Size?.Columns is int columns and > 0 ? columns : 80) - 1;

    private static int Rows => Linux.Terminal.Size?.Rows is int rows and > 2 ? rows - 1 : 23;

    // In one piece and over what stood there, so that nothing flickers; a line that is as it was is no reason to write.
    private void Redraw()
    {
        lock (gate)
        {
            if (ended)
            {
                return;
            }

            IReadOnlyList<string> lines = draw(Columns, Rows);
            string text = string.Concat(lines.Select(static line => line + "\e[K\n"));
            if (text.Length > 0 && (text != last || drawn == 0))
            {
                context.Error.Write($"{(drawn > 0 ? $"\e[{drawn}A\r" : "")}{text}\e[J");
                context.Error.Flush();
                (last, drawn) = (text, lines.Count);
            }
        }
    }

    private void Write(IReadOnlyList<string> lines)
    {
        foreach (string line in lines)
        {
            context.Error.WriteLine(line);
        }

        context.Error.Flush();
    }

    private void Clear()
    {
        if (drawn > 0)
        {
            context.Error.Write($"\e[{drawn}A\r\e[J");
            drawn = 0;
        }
    }
}
