using System.Collections.Immutable;
using Slipway.Content;

namespace Slipway.Pipelines.Planning;

/// <summary>A datum with its key and the reason for what is done with it.</summary>
public sealed record PlannedDatum(Datum Datum, DatumKey Key, DatumReason Reason);

/// <summary>A datum as the pipeline's previous job had it.</summary>
/// <param name="Inputs">The digest of each input's entry, by the input's name.</param>
public sealed record PreviousDatum(DatumKey Key, bool Succeeded, IReadOnlyDictionary<string, Digest> Inputs);

/// <summary>The pipeline's previous job, to say what changed since.</summary>
/// <param name="StageChanges">What of the stage changed since; see <see cref="Stage.ChangedSince"/>.</param>
public sealed record PreviousJob(IReadOnlyDictionary<DatumId, PreviousDatum> Datums, ImmutableArray<string> StageChanges)
{
    /// <summary>For a pipeline's first job.</summary>
    public static PreviousJob None { get; } = new(new Dictionary<DatumId, PreviousDatum>(), []);
}

/// <summary>What a job has to do: a pure function of its datums and of what is answered.</summary>
/// <param name="ToRun">Datums without a usable answer, in their order.</param>
/// <param name="ToSkip">Datums that are answered, in their order.</param>
/// <param name="Gone">Datums of the previous job that are no more; their outputs vanish with them.</param>
public sealed record JobPlan(ImmutableArray<PlannedDatum> ToRun, ImmutableArray<PlannedDatum> ToSkip, ImmutableArray<DatumId> Gone)
{
    /// <summary>Plans a job.</summary>
    /// <param name="stage">The digest of the stage.</param>
    /// <param name="answered">The keys that have an answer whose output is stored.</param>
    /// <param name="lost">Keys that had an answer, whose output is not stored any more.</param>
    /// <param name="reprocess">Answers do not count: <paramref name="answered"/> then holds only those that this very job gave.</param>
    public static JobPlan For(
        IReadOnlyList<Datum> datums, Digest stage, IReadOnlySet<DatumKey> answered, IReadOnlySet<DatumKey> lost, bool reprocess, PreviousJob previous)
    {
        ImmutableArray<PlannedDatum>.Builder run = ImmutableArray.CreateBuilder<PlannedDatum>();
        ImmutableArray<PlannedDatum>.Builder skip = ImmutableArray.CreateBuilder<PlannedDatum>();
        foreach (Datum datum in datums)
        {
            DatumKey key = DatumSet.KeyOf(stage, datum);
            if (answered.Contains(key))
            {
                skip.Add(new PlannedDatum(datum, key, new DatumReason(DatumReasonKind.Answered, [])));
            }
            else
            {
                run.Add(new PlannedDatum(datum, key, ReasonFor(datum, key, lost, reprocess, previous)));
            }
        }

        HashSet<DatumId> present = [.. datums.Select(datum => datum.Id)];
        return new JobPlan(run.ToImmutable(), skip.ToImmutable(), [.. previous.Datums.Keys.Where(id => !present.Contains(id)).Order()]);
    }

    private static DatumReason ReasonFor(Datum datum, DatumKey key, IReadOnlySet<DatumKey> lost, bool reprocess, PreviousJob previous)
    {
        if (reprocess)
        {
            return new DatumReason(DatumReasonKind.Reprocess, []);
        }

        if (lost.Contains(key))
        {
            return new DatumReason(DatumReasonKind.AnswerLost, []);
        }

        if (!previous.Datums.TryGetValue(datum.Id, out PreviousDatum? before))
        {
            return new DatumReason(DatumReasonKind.New, []);
        }

        ImmutableArray<string> changed =
        [
            .. datum.Inputs.Where(input => !before.Inputs.TryGetValue(input.Name, out Digest digest) || digest != input.Digest).Select(input => input.Name),
        ];
        if (!changed.IsEmpty)
        {
            return new DatumReason(DatumReasonKind.InputChanged, changed);
        }

        if (before.Key != key)
        {
            return new DatumReason(DatumReasonKind.StageChanged, previous.StageChanges.IsEmpty ? ["input"] : previous.StageChanges);
        }

        return new DatumReason(DatumReasonKind.EarlierFailed, []);
    }
}
