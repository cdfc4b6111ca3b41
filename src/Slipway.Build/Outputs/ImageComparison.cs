using System.IO.Pipelines;
using System.Text;
using Slipway.Images;
using Slipway.Images.Layers;

namespace Slipway.Build.Outputs;

/// <summary>One path in which two images differ.</summary>
/// <param name="Before">Bytes of a file in the first; null where it is not there, or is no file.</param>
/// <param name="How">Of what is in both: what differs first.</param>
public sealed record FileDifference(string Path, FileDifferenceKind Kind, long? Before, long? After, string? How);

/// <summary>What became of a path.</summary>
public enum FileDifferenceKind
{
    Added,
    Removed,
    Changed,
}

/// <summary>Compares what all layers of one image show with what those of another do: path by path, both read once, side by side.</summary>
public sealed class ImageComparison(ImageFiles files)
{
    /// <summary>The paths that differ, in their order; a folder stands before what is in it. Times of folders alone are passed over.</summary>
    public async Task<IReadOnlyList<FileDifference>> CompareAsync(Image before, Image after, CancellationToken cancellationToken)
    {
        if (before.Layers.Select(layer => layer.DiffId).SequenceEqual(after.Layers.Select(layer => layer.DiffId)))
        {
            return [];
        }

        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Pipe one = new(), other = new();
        Task[] writing = [WriteAsync(before, one.Writer, stop.Token), WriteAsync(after, other.Writer, stop.Token)];
        try
        {
            return await Task.Run(() => Compare(one.Reader, other.Reader, stop.Token), stop.Token);
        }
        finally
        {
            await stop.CancelAsync();
            await one.Reader.CompleteAsync();
            await other.Reader.CompleteAsync();
            await Task.WhenAll(writing);
        }
    }

    private async Task WriteAsync(Image image, PipeWriter output, CancellationToken cancellationToken)
    {
        Exception? fault = null;
        try
        {
            using Stream stream = output.AsStream(leaveOpen: true);
            await files.WriteAsync(image, stream, cancellationToken);
        }
        catch (Exception caught)
        {
            fault = caught;
        }

        await output.CompleteAsync(fault);
    }

    private static List<FileDifference> Compare(PipeReader left, PipeReader right, CancellationToken cancellationToken)
    {
        using LayerReader one = LayerReader.OfTar(left.AsStream(leaveOpen: true)), other = LayerReader.OfTar(right.AsStream(leaveOpen: true));
        List<FileDifference> found = [];
        LayerEntry? a = one.Read(), b = other.Read();
        while (a is not null || b is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int order = a is null ? 1 : b is null ? -1 : KeyOf(a).AsSpan().SequenceCompareTo(KeyOf(b));
            if (order < 0)
            {
                found.Add(new(a!.Path, FileDifferenceKind.Removed, SizeOf(a), null, null));
                a = one.Read();
            }
            else if (order > 0)
            {
                found.Add(new(b!.Path, FileDifferenceKind.Added, null, SizeOf(b), null));
                b = other.Read();
            }
            else
            {
                LayerEntry same = a!.Kind == LayerEntryKind.Directory ? a with { ModifiedTime = b!.ModifiedTime } : a;
                if (EntryDifference.Of(same, b!) is { } how)
                {
                    found.Add(new(a.Path, FileDifferenceKind.Changed, SizeOf(a), SizeOf(b!), how));
                }

                a = one.Read();
                b = other.Read();
            }
        }

        return found;
    }

    /// <summary>Orders as the tars are: name by name, so that what is in a folder follows it at once.</summary>
    private static byte[] KeyOf(LayerEntry entry) => Encoding.UTF8.GetBytes(entry.Path.Replace('/', '\0'));

    private static long? SizeOf(LayerEntry entry) => entry.Kind == LayerEntryKind.File ? entry.Size : null;
}
