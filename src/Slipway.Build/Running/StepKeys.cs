using Slipway.Build.Planning;
using Slipway.Content;
using Slipway.Content.Hashing;

namespace Slipway.Build.Running;

/// <summary>
/// The identity of a step: the files it starts from (as the chain id of their layers, so that a step which runs again with the same result does
/// not make the next ones run), what it does, and the content that it reads. Never a time of a file, never a clock.
/// </summary>
internal static class StepKeys
{
    /// <summary>Changes when the same step begins to make other bytes.</summary>
    private const string Format = "slipway-step-3";

    /// <param name="shown">For each mount what it shows, or nothing. A secret counts by its name alone.</param>
    public static Digest OfRun(LayerStack parent, RunStep step, IReadOnlyList<Digest> shown, DateTimeOffset clamp)
    {
        using CanonicalDigest hasher = Begin(parent, clamp);
        hasher.Add("run").Add(step.Arguments).Add(step.Environment).Add(step.User).Add(step.WorkingDirectory).Add(step.HasNetwork ? 1 : 0)
            .Add(step.Script?.Content ?? "").Add(step.IsInsecure ? 1 : 0).Add(step.Mounts.Length);
        foreach ((PlannedMount mount, Digest content) in step.Mounts.Zip(shown))
        {
            hasher.Add((int)mount.Mount.Kind).Add(mount.Target).Add(mount.Id).Add(mount.Mount.Source).Add(mount.Mount.Variable ?? "").Add(mount.Mount.IsReadOnly ? 1 : 0)
                .Add(mount.Mode).Add(mount.Mount.User).Add(mount.Mount.Group).Add(mount.Mount.Size ?? -1).Add(content);
        }

        return hasher.Finish();
    }

    public static Digest OfWorkdir(LayerStack parent, WorkdirStep step, DateTimeOffset clamp)
    {
        using CanonicalDigest hasher = Begin(parent, clamp);
        return hasher.Add("workdir").Add(step.Path).Add(step.User).Finish();
    }

    /// <summary>By what is read.</summary>
    public static Digest OfCopy(LayerStack parent, CopyStep step, Digest content, DateTimeOffset clamp)
    {
        using CanonicalDigest hasher = BeginCopy(parent, step, clamp);
        return hasher.Add("content").Add(content).Finish();
    }

    /// <summary>By where it is read: enough where that is a stack of layers, and known without looking into it.</summary>
    public static Digest OfCopyFrom(LayerStack parent, CopyStep step, LayerStack from, DateTimeOffset clamp)
    {
        using CanonicalDigest hasher = BeginCopy(parent, step, clamp);
        hasher.Add("stack").Add(from.ChainId ?? default).Add(step.Sources).Add(step.Inline.Length);
        foreach (InlineFile file in step.Inline)
        {
            hasher.Add(file.Name).Add(file.Content);
        }

        return hasher.Finish();
    }

    private static CanonicalDigest BeginCopy(LayerStack parent, CopyStep step, DateTimeOffset clamp) => Begin(parent, clamp)
        .Add(step.IsAdd ? "add" : "copy").Add(step.Destination).Add(step.Owner ?? "").Add(step.Mode?.Text ?? "").Add(step.From is CopyOrigin.Context ? 0 : 1)
        .Add(step.Excludes).Add(step.KeepsParents ? 1 : 0).Add(step.Unpacks switch { null => 2, true => 1, false => 0 });

    private static CanonicalDigest Begin(LayerStack parent, DateTimeOffset clamp) =>
        new CanonicalDigest(Format).Add(parent.ChainId ?? default).Add(clamp.ToUnixTimeSeconds());
}
