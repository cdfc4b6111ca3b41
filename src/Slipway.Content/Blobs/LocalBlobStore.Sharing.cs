using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Slipway.Content.Blobs.Composed;
using Slipway.Content.Blobs.Loose;

namespace Slipway.Content.Blobs;

public sealed partial class LocalBlobStore
{
    /// <summary>A recipe of more parts costs more to read than it saves: the blob is kept whole.</summary>
    private const int MostParts = 1024;

    /// <summary>Held while a recipe gets its sources and while a blob goes, so that no recipe is made of what is just being deleted.</summary>
    private readonly Lock _sharing = new();

    /// <inheritdoc/>
    public async ValueTask<BlobInfo> PutAsync(Stream content, Digest? expected, Digest? similar, CancellationToken cancellationToken)
    {
        if (similar is { } version)
        {
            await Leases.TouchAsync(version, cancellationToken);
        }

        return await TakeAsync(content, expected, similar, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<BlobInfo> PutFileAsync(SafeFileHandle file, Digest? similar, CancellationToken cancellationToken)
    {
        if (similar is { } version)
        {
            await Leases.TouchAsync(version, cancellationToken);
        }

        return await TakeFileAsync(file, similar, cancellationToken);
    }

    /// <summary>
    /// Keeps a received blob as ranges of the version before and what is new, where that saves half of it or more; false where it is to be kept whole.
    /// </summary>
    /// <param name="file">All bytes of the blob, in a file that is not needed any more where this gives true.</param>
    /// <param name="knownPrefix">So many of the first bytes are known to be those of the version before.</param>
    private async ValueTask<bool> TryShareAsync(BlobInfo blob, TemporaryFile file, Digest? similar, long knownPrefix, CancellationToken cancellationToken)
    {
        if (similar is not { } version || version == blob.Digest || blob.Size < LargeSize || FindSize(version) is not { } size || size < LargeSize
            || FindSize(blob.Digest) is not null)
        {
            return false;
        }

        CommonEnds common;
        await using (Stream before = OpenStored(version))
        {
            common = await CommonEnds.FindAsync(file.Handle, blob.Size, before, knownPrefix, cancellationToken);
        }

        long added = blob.Size - common.Prefix - common.Suffix;
        if (added > blob.Size / 2)
        {
            return false;
        }

        Recipe old = new(PartsOf(version));
        ImmutableArray<RecipePart> parts = [.. old.Slice(0, common.Prefix)];
        if (added > 0)
        {
            Recipe middle = new([new RecipePart(default, common.Prefix, added)]);
            await using ComposedStream content = new(default, middle, _ => File.OpenRead(file.FullPath), isChecked: false);
            BlobInfo part = await PutAsync(content, expected: null, cancellationToken);
            parts = parts.Add(new RecipePart(part.Digest, 0, part.Size));
        }

        Recipe recipe = new([.. parts, .. old.Slice(size - common.Suffix, common.Suffix)]);
        return recipe.Parts.Length <= MostParts && KeepsLittle(recipe) && TryCompose(blob.Digest, recipe);
    }

    /// <summary>Whether a recipe keeps at most twice its bytes, were all its sources deleted as blobs.</summary>
    private bool KeepsLittle(Recipe recipe) =>
        recipe.Parts.Select(part => part.Source).Distinct().Sum(source => SizeOfSource(source) ?? 0) / 2 <= recipe.Size;

    /// <summary>Adds a recipe; false where one of its sources was deleted meanwhile.</summary>
    private bool TryCompose(Digest digest, Recipe recipe)
    {
        lock (_sharing)
        {
            if (recipe.Parts.Any(part => SizeOfSource(part.Source) is null))
            {
                return false;
            }

            if (_packs.FindSize(digest) is null && _loose.FindSize(digest) is null)
            {
                _composed.Stage(digest, recipe);
            }

            _composed.Show(digest);
            return true;
        }
    }

    private long? SizeOfSource(Digest source) => _packs.FindSize(source) ?? _loose.FindSize(source);
}
