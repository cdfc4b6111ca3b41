namespace Slipway.Cli.Progress;

/// <summary>
/// One line that says how far we are, on stderr: rewritten in place on a terminal, a new line every ten seconds elsewhere, nothing for what is done within
/// a second. Lines that stay are written through it, so that the two don't mix.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TerminalPeriod = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan PlainPeriod = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly CommandContext context;
    private readonly Func<string?> text;
    private readonly ITimer? timer;
    private bool shown;
    private bool disposed;

    /// <param name="text">What to say now; null: nothing. Called on the timer's thread.</param>
    public ProgressLine(CommandContext context, Func<string?> text, bool enabled = true)
    {
        this.context = context;
        this.text = text;
        timer = enabled
            ? context.Time.CreateTimer(_ => Draw(), null, Quiet, context.Terminal.ErrorOutput ? TerminalPeriod : PlainPeriod)
            : null;
    }

    /// <summary>Writes a line that stays.</summary>
    public void WriteLine(TextWriter output, string line)
    {
        lock (gate)
        {
            Clear();
            output.WriteLine(line);
            output.Flush();
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            Clear();
        }

        timer?.Dispose();
    }

    private void Draw()
    {
        lock (gate)
        {
            if (disposed || text() is not { Length: > 0 } line)
            {
                return;
            }

            line = Output.TextLayout.Printable(line);
            if (!context.Terminal.ErrorOutput)
            {
                context.Error.WriteLine(line);
                return;
            }

            int width = (Linux.Terminal.Size?.Columns ?? 80) - 1;
            context.Error.Write("\r\e[K" + Output.TextLayout.Cut(line, width));
            context.Error.Flush();
            shown = true;
        }
    }

    private void Clear()
    {
        if (shown)
        {
            context.Error.Write("\r\e[K");
            context.Error.Flush();
            shown = false;
        }
    }
}
