using Slipway.Content;
using Slipway.Content.Hashing;
using Slipway.Pipelines.Specs;

namespace Slipway.Pipelines.Planning;

/// <summary>
/// What a stage computes, apart from its data: the transform with its image resolved. Timeouts, limits, tries and parallelism are left
/// out on purpose: they decide whether there is an answer, not which.
/// </summary>
/// <param name="Image">The image's run identity; see <see cref="Definitions.PipelineImage"/>.</param>
public sealed record Stage(TransformSpec Transform, Digest Image)
{
    /// <summary>The digest of all that stands in it, in one fixed form. A variable's place among the others makes no difference.</summary>
    public Digest Digest()
    {
        using var digest = new CanonicalDigest("slipway-stage 1");
        digest.Add(Image).Add(Transform.Command).Add(Transform.Stdin);
        digest.Add([.. Transform.Environment.OrderBy(v => v.Name, StringComparer.Ordinal).SelectMany(v => new[] { v.Name, v.Value })]);
        digest.Add(Optional(Transform.User)).Add(Optional(Transform.WorkingDirectory)).Add(Transform.AcceptReturnCodes.Length);
        foreach (int code in Transform.AcceptReturnCodes)
        {
            digest.Add(code);
        }

        return digest.Add(Transform.ErrorCommand).Add(Transform.ErrorStdin).Finish();
    }

    /// <summary>What differs from an earlier form of the stage, in words (<c>image</c>, <c>cmd</c>, <c>env</c> …); empty where nothing does.</summary>
    public IReadOnlyList<string> ChangedSince(Stage earlier)
    {
        TransformSpec before = earlier.Transform;
        (string Field, bool Same)[] fields =
        [
            ("image", Image == earlier.Image),
            ("cmd", Transform.Command.SequenceEqual(before.Command)),
            ("stdin", Transform.Stdin.SequenceEqual(before.Stdin)),
            ("env", Transform.Environment.ToHashSet().SetEquals(before.Environment)),
            ("user", Transform.User == before.User),
            ("working_dir", Transform.WorkingDirectory == before.WorkingDirectory),
            ("accept_return_code", Transform.AcceptReturnCodes.SequenceEqual(before.AcceptReturnCodes)),
            ("err_cmd", Transform.ErrorCommand.SequenceEqual(before.ErrorCommand) && Transform.ErrorStdin.SequenceEqual(before.ErrorStdin)),
        ];
        return [.. fields.Where(field => !field.Same).Select(field => field.Field)];
    }

    private static string[] Optional(string? text) => text is null ? [] : [text];
}
