using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Slipway.Pipelines.Planning;

/// <summary>Why a datum ran, or why it did not have to.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DatumReasonKind>))]
public enum DatumReasonKind
{
    /// <summary>It has its answer already: not run.</summary>
    Answered,

    /// <summary>The pipeline's previous job had no such datum.</summary>
    New,

    /// <summary>Inputs have other content than in the previous job.</summary>
    InputChanged,

    /// <summary>The image, command or environment is another than in the previous job.</summary>
    StageChanged,

    /// <summary>Everything was asked to run again.</summary>
    Reprocess,

    /// <summary>Nothing changed, but it has not succeeded yet.</summary>
    EarlierFailed,

    /// <summary>Nothing changed, but the bytes of its answer are not in the store any more.</summary>
    AnswerLost,
}

/// <summary>A kind of reason, and what it is about: the names of the inputs that changed, or what of the stage did.</summary>
public sealed record DatumReason(DatumReasonKind Kind, ImmutableArray<string> About)
{
    /// <summary>The reason as the end of a sentence.</summary>
    public override string ToString() => Kind switch
    {
        DatumReasonKind.Answered => "answered already",
        DatumReasonKind.New => "new",
        DatumReasonKind.InputChanged => "changed input " + string.Join(", ", About),
        DatumReasonKind.StageChanged => "changed stage: " + string.Join(", ", About),
        DatumReasonKind.Reprocess => "reprocess was asked for",
        DatumReasonKind.EarlierFailed => "an earlier attempt did not succeed",
        DatumReasonKind.AnswerLost => "its earlier output is no longer stored",
        _ => Kind.ToString(),
    };
}
