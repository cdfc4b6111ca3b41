using Microsoft.Win32.SafeHandles;
using Slipway.Build.Copying;
using Slipway.Build.Planning;
using Slipway.Content;
using Slipway.Images.Layers;

namespace Slipway.Build.Running;

/// <summary>Puts what a COPY, ADD or WORKDIR says into the files so far.</summary>
internal static class CopyPlacement
{
    public static void Place(CopySources sources, CopyStep step, TargetTree target, DateTimeOffset clamp, CancellationToken cancellationToken)
    {
        FileOwner? owner = step.Owner is { } named ? OwnerLookup.Find(target.Root, named) : null;
        foreach (CopySource source in sources.Items)
        {
            if (source.CanBeArchive)
            {
                using SafeFileHandle file = source.Tree.OpenFile(source.Entry.Path);
                if (ArchiveExtractor.IsArchive(file))
                {
                    new ArchiveExtractor(target, owner, step.Mode, cancellationToken).Extract(file, step.Destination);
                    continue;
                }
            }

            CopyRules rules = source.IsForeign ? new(owner, step.Mode, null) : new(owner ?? FileOwner.Root, step.Mode, UnixTime.From(clamp));
            new TreeCopier(source.Tree, target, rules with { Selection = source.Selection }, cancellationToken).Copy(source.Entry, step.Destination);
        }
    }

    public static void MakeWorkdir(TargetTree target, WorkdirStep step, DateTimeOffset clamp)
    {
        FileOwner owner = OwnerOf(target, step.User);
        target.OpenOrMakeDirectory(step.Path, owner, UnixTime.From(clamp), out _).Dispose();
    }

    // A user that the image does not know is no fault until something runs as it: BuildKit's rule.
    private static FileOwner OwnerOf(TargetTree target, string user)
    {
        try
        {
            return OwnerLookup.Find(target.Root, user);
        }
        catch (SlipwayException fault) when (fault.Kind == ErrorKind.InvalidArgument)
        {
            return FileOwner.Root;
        }
    }
}
