using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data;
using Slipway.Data.Trees;
using Slipway.Pipelines.Jobs;

namespace Slipway.Pipelines.Tests;

/// <summary>
/// Stands in for containers: it computes a datum's output in memory and does what a script tells it first (fail, wait, throw). The output of
/// a datum is one file, <c>/&lt;paths joined by +&gt;</c>, whose text is <c>argument(content of input, …)</c>; see <see cref="Text"/>. As for
/// any honest stage it depends on the command and the inputs alone, not on the names of pipeline or job.
/// </summary>
public sealed class ScriptedExecutor(TreeStore trees, IBlobStore blobs) : IExecutor
{
    private readonly ConcurrentQueue<DatumRun> _runs = new();

    /// <summary>Asked before a try; null lets it compute its output.</summary>
    public Func<DatumRun, CancellationToken, ValueTask<DatumOutcome?>> Script { get; set; } = (_, _) => ValueTask.FromResult<DatumOutcome?>(null);

    /// <summary>Names the output file; by default after the inputs' paths.</summary>
    public Func<DatumRun, string> OutputPath { get; set; } = run => "/" + string.Join('+', run.Inputs.Select(i => Flat(i.Path)));

    /// <summary>Called when a try has succeeded, before the scheduler hears of it.</summary>
    public Action<DatumRun> Succeeded { get; set; } = _ => { };

    /// <summary>Every try that was begun, in order.</summary>
    public ImmutableArray<DatumRun> Runs => [.. _runs];

    /// <summary>How often the executor was told to clean up.</summary>
    public int Cleanings { get; private set; }

    public string Name => "scripted";

    public async ValueTask<DatumOutcome> RunAsync(DatumRun run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _runs.Enqueue(run);
        if (await Script(run, cancellationToken) is { } scripted)
        {
            return scripted;
        }

        var parts = new List<string>();
        foreach (DatumMount mount in run.Inputs)
        {
            parts.Add(await ReadAsync(mount, cancellationToken));
        }

        string text = Text(run.Stage.Command[1], parts);
        BlobInfo blob = await blobs.PutAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        DataPath path = DataPath.Parse(OutputPath(run));
        Digest tree = await trees.ApplyAsync(
            await trees.EmptyAsync(cancellationToken), [new PutEntry(path, TreeEntry.File(path.Name, blob.Size, blob.Digest))], cancellationToken);
        Succeeded(run);
        return Success(tree, blob.Size);
    }

    public ValueTask CleanAsync(CancellationToken cancellationToken)
    {
        Cleanings++;
        return ValueTask.CompletedTask;
    }

    public static DatumOutcome Success(Digest tree, long bytes) =>
        new(DatumOutcomeKind.Succeeded, 0, tree, 1, bytes, null, TimeSpan.Zero, TimeSpan.FromMilliseconds(1), TimeSpan.Zero, null);

    public static DatumOutcome Failure(int exitCode = 1, DatumOutcomeKind kind = DatumOutcomeKind.Failed) =>
        new(kind, exitCode, null, 0, 0, null, TimeSpan.Zero, TimeSpan.FromMilliseconds(1), TimeSpan.Zero, null);

    /// <summary>What a stage with that argument makes of its inputs.</summary>
    public static string Text(string argument, IEnumerable<string> inputs) => $"{argument}({string.Join(",", inputs)})";

    /// <summary>A path as part of a file's name.</summary>
    public static string Flat(DataPath path) => path.IsRoot ? "all" : string.Join('_', path.Parts);

    private async ValueTask<string> ReadAsync(DatumMount mount, CancellationToken cancellationToken)
    {
        TreeEntry entry = (await trees.FindAsync(mount.Tree, mount.Path, cancellationToken))!;
        if (entry.Kind == EntryKind.File)
        {
            return Encoding.UTF8.GetString(await blobs.ReadAllAsync(entry.Digest, cancellationToken));
        }

        var parts = new List<string>();
        await foreach ((DataPath path, TreeEntry file) in trees.WalkAsync(entry.Digest, cancellationToken))
        {
            parts.Add($"{path}={Encoding.UTF8.GetString(await blobs.ReadAllAsync(file.Digest, cancellationToken))}");
        }

        return string.Join(";", parts);
    }
}
