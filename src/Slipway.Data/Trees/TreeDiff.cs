using System.Runtime.CompilerServices;
using Slipway.Content;

namespace Slipway.Data.Trees;

/// <summary>Compares two trees directory by directory, node by node from the top, and reads only below what differs.</summary>
internal sealed class TreeDiff(NodeStore nodes)
{
    public async IAsyncEnumerable<TreeChange> CompareAsync(Digest before, Digest after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (before == after)
        {
            yield break;
        }

        Stack<Frame> frames = new();
        frames.Push(new Frame(
            DataPath.Root,
            await Frontier.OpenAsync(nodes, before, cancellationToken),
            await Frontier.OpenAsync(nodes, after, cancellationToken)));
        while (frames.TryPeek(out Frame? frame))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (frame.Before.Head is null && frame.After.Head is null)
            {
                frames.Pop();
            }
            else if (frame.Before.HeadLevel >= 0 || frame.After.HeadLevel >= 0)
            {
                await DirectoryDiff.PassNodesAsync(frame.Before, frame.After, cancellationToken);
            }
            else
            {
                (TreeEntry? old, TreeEntry? now) = DirectoryDiff.TakePair(frame.Before, frame.After);
                if (old == now)
                {
                    continue;
                }

                DataPath path = frame.Path.AppendKnown((old ?? now)!.Name);
                TreeEntry? oldFile = old is { Kind: EntryKind.Directory } ? null : old;
                TreeEntry? newFile = now is { Kind: EntryKind.Directory } ? null : now;
                if (oldFile is not null || newFile is not null)
                {
                    yield return new TreeChange(path, oldFile, newFile);
                }

                if (oldFile != old || newFile != now)
                {
                    frames.Push(new Frame(path, await OpenAsync(old, cancellationToken), await OpenAsync(now, cancellationToken)));
                }
            }
        }
    }

    private ValueTask<Frontier> OpenAsync(TreeEntry? entry, CancellationToken cancellationToken) => entry is { Kind: EntryKind.Directory }
        ? Frontier.OpenAsync(nodes, entry.Digest, cancellationToken)
        : ValueTask.FromResult(Frontier.Empty());

    private sealed record Frame(DataPath Path, Frontier Before, Frontier After);
}
