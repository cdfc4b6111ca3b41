using System.CommandLine;
using System.Globalization;
using System.Text;
using Slipway.Api;
using Slipway.Cli.Options;

namespace Slipway.Cli.Containers;

internal sealed class LogsCommand : CliCommand
{
    private readonly Argument<string?> container = Declare.Optional("CONTAINER", "Its name or the beginning of its id");
    private readonly Option<bool> follow = Declare.Flag("--follow", "-f", "Go on as more is written");
    private readonly Option<string?> tail = Declare.Text("--tail", "-n", "LINES", "Only the last lines");
    private readonly Option<bool> timestamps = Declare.Flag("--timestamps", "-t", "The time before each line");
    private readonly Option<string?> job = Declare.Text("--job", null, "JOB", "The output of a job's datums instead");
    private readonly Option<string?> datum = Declare.Text("--datum", null, "DATUM", "With --job: of one datum");

    public LogsCommand()
        : base("logs", "Print the output of a container or of a job")
    {
        Add(container);
        foreach (Option option in (ReadOnlySpan<Option>)[follow, tail, timestamps, job, datum])
        {
            Add(option);
        }
    }

    public override IReadOnlyList<Example> Examples =>
    [
        new("slipway logs -f web", "Watch the container web"),
        new("slipway logs --job train@3f2a1b", "What the datums of a job wrote"),
    ];

    public override async Task<int> ExecuteAsync(ParseResult parsed, CommandContext context, CancellationToken cancellationToken)
    {
        string? name = parsed.GetValue(container);
        string? id = parsed.GetValue(job);
        if (name is null == (id is null))
        {
            throw new CliException("logs needs a container, or --job", "slipway logs CONTAINER, or slipway logs --job JOB", usage: true);
        }

        bool withTime = parsed.GetValue(timestamps);
        using Stream output = context.OpenOutput();
        using Stream errors = context.OpenErrorOutput();
        if (id is not null)
        {
            await WriteJobAsync(context, id, parsed.GetValue(datum), parsed.GetValue(follow), withTime, cancellationToken).ConfigureAwait(false);
            return ExitCodes.Success;
        }

        int? lines = Values.WholeNumberOrNull(parsed.GetValue(tail), "--tail");
        await foreach (LogRecord record in context.Client.ReadLogsAsync(name!, parsed.GetValue(follow), lines, cancellationToken).ConfigureAwait(false))
        {
            Stream target = record.Stream == OutputStream.Stderr ? errors : output;
            if (withTime)
            {
                await target.WriteAsync(Encoding.ASCII.GetBytes(Stamp(record.Time)), cancellationToken).ConfigureAwait(false);
            }

            await target.WriteAsync(record.ToBytes(), cancellationToken).ConfigureAwait(false);
        }

        return ExitCodes.Success;
    }

    private static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z '", CultureInfo.InvariantCulture);

    /// <summary>Each line under its datum's short id, where the job has several.</summary>
    private static async Task WriteJobAsync(CommandContext context, string job, string? datum, bool follow, bool withTime, CancellationToken cancellationToken)
    {
        await foreach (JobLogRecord record in context.Client.ReadJobLogsAsync(job, datum, follow, cancellationToken).ConfigureAwait(false))
        {
            string prefix = (withTime && record.Time is { } time ? Stamp(time) : "")
                + (datum is null && record.Datum is not null ? context.Terminal.Style.Dim(Output.Format.ShortId(record.Datum)) + " " : "");
            foreach (string line in record.Text.TrimEnd('\n').Split('\n'))
            {
                context.Out.WriteLine(prefix + line);
            }

            if (follow)
            {
                await context.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
