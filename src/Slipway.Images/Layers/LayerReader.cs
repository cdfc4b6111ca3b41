using System.Collections.Immutable;
using Slipway.Content;

namespace Slipway.Images.Layers;

/// <summary>
/// Streams the entries of a layer as every builder writes them: ustar, PAX, GNU long names and sparse files, base-256 numbers; plain, gzip or
/// zstd, told apart by the first bytes. Reads synchronously, because it reads a local blob and unpacking is bound by disk and
/// processor: call it from a worker. Hostile input ends in <see cref="SlipwayException"/> of <see cref="ErrorKind.InvalidArgument"/> that names the entry.
/// </summary>
public sealed class LayerReader : IDisposable
{
    private const int BufferSize = 128 << 10;
    private const int HeaderBufferSize = 4 << 10;

    private readonly Stream _tar;
    private readonly byte[] _block = new byte[TarBlock.Size];
    private EntryStream? _content;
    private long _padding;
    private string _last = "";

    private LayerReader(Stream tar) => _tar = tar;

    /// <summary>Reads the blob that <paramref name="blob"/> holds from its start; closes it with the reader.</summary>
    public static LayerReader Open(Stream blob)
    {
        return new(new BufferedStream(LayerDecompression.Open(blob).Tar, BufferSize));
    }

    /// <summary>Reads a plain tar that does not begin anywhere else.</summary>
    public static LayerReader OfTar(Stream tar) => new(new BufferedStream(tar, BufferSize));

    /// <summary>Reads a plain tar in a file for its headers: contents that nobody reads are passed over.</summary>
    public static LayerReader OfHeaders(Stream tar) => new(new BufferedStream(tar, HeaderBufferSize));

    /// <summary>
    /// The next entry, or null at the end. Its content is readable until the next call. Paths are normalised and never hold <c>..</c>;
    /// aufs bookkeeping entries (<c>.wh..wh.*</c> but the opaque marker) are left out.
    /// </summary>
    public LayerEntry? Read()
    {
        try
        {
            while (true)
            {
                LayerEntry? entry = ReadEntry();
                if (entry is null || !IsAufsBookkeeping(entry))
                {
                    return entry;
                }
            }
        }
        catch (InvalidDataException fault)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the layer's compressed stream is damaged{After}: {fault.Message}", innerException: fault);
        }
        catch (EndOfStreamException fault)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the layer is damaged{After}: it ends within an entry", innerException: fault);
        }
        catch (MalformedTarException fault)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the layer is damaged{After}: {fault.Message}", innerException: fault);
        }
    }

    private string After => _last.Length == 0 ? " at its first entry" : $" at or after '{_last}'";

    /// <inheritdoc/>
    public void Dispose() => _tar.Dispose();

    // 1. Skip what is left of the entry before. 2. Collect the headers that only describe the next one (PAX, GNU long names). 3. Make the entry.
    private LayerEntry? ReadEntry()
    {
        SkipContent();
        TarExtensions extensions = new();
        while (ReadBlock())
        {
            TarBlock header = new(_block);
            if (header.IsZero)
            {
                return null;
            }

            if (!header.ChecksumHolds)
            {
                throw new MalformedTarException("a header's checksum is wrong; this is not a tar archive, or it is damaged");
            }

            long size = header.EntrySize;
            switch (header.Type)
            {
                case 'x' or 'X':
                    extensions.Pax.Add(ReadHeaderBody(size));
                    break;
                case 'g':
                    ReadHeaderBody(size);
                    break;
                case 'L':
                    extensions.LongName = TarExtensions.TrimNul(ReadHeaderBody(size));
                    break;
                case 'K':
                    extensions.LongLink = TarExtensions.TrimNul(ReadHeaderBody(size));
                    break;
                case 'V' or 'M' or 'N':
                    Begin(size, "");
                    SkipContent();
                    break;
                default:
                    return Make(header, extensions);
            }
        }

        return null;
    }

    private LayerEntry Make(TarBlock header, TarExtensions extensions)
    {
        PaxRecords pax = extensions.Pax;
        string name = pax.Text("GNU.sparse.name") ?? pax.Text("path") ?? extensions.LongName ?? header.Name;
        _last = name;
        LayerEntryKind kind = KindOf(header.Type, name);
        string path = LayerPath.Normalise(name);
        string? link = pax.Text("linkpath") ?? extensions.LongLink ?? header.LinkName;
        LayerEntry entry = new(path, kind)
        {
            Mode = header.Mode,
            Uid = Id(pax.Number("uid") ?? header.Uid, path),
            Gid = Id(pax.Number("gid") ?? header.Gid, path),
            ModifiedTime = pax.Time("mtime") ?? new(header.ModifiedTime, 0),
            LinkTarget = kind switch
            {
                LayerEntryKind.HardLink => LayerPath.Normalise(link),
                LayerEntryKind.Symlink => link.Length > 0 ? link : throw Refused(path, "a symlink without a target"),
                _ => null,
            },
            DeviceMajor = kind is LayerEntryKind.CharacterDevice or LayerEntryKind.BlockDevice ? header.DeviceMajor : 0,
            DeviceMinor = kind is LayerEntryKind.CharacterDevice or LayerEntryKind.BlockDevice ? header.DeviceMinor : 0,
            Xattrs = extensions.Xattrs(),
        };
        Check(entry);
        long size = pax.Number("size") ?? header.EntrySize;
        if (size < 0)
        {
            throw Refused(path, "its size is negative");
        }

        // POSIX: only files carry content, though old writers state a size for links and directories too, which then carry none.
        if (kind != LayerEntryKind.File)
        {
            return entry;
        }

        char type = header.Type;
        SparseMap? sparse = type == 'S' ? SparseMap.FromGnuHeader(header, ReadBlockForSparse) : null;
        long? offset = _tar.CanSeek ? _tar.Position : null;
        Begin(size, path);
        sparse ??= SparseMap.FromPax(pax, _content!, size);
        return sparse is null
            ? entry with { Size = size, Content = _content!, ContentOffset = offset }
            : entry with { Size = sparse.RealSize, Content = new SparseStream(_content!, sparse.Checked(path, _content!.Left), sparse.RealSize) };
    }

    private ReadOnlySpan<byte> ReadBlockForSparse() => ReadBlock() ? _block : throw new MalformedTarException("it ends within a sparse header");

    private static LayerEntryKind KindOf(char type, string name) => type switch
    {
        '0' or '\0' or '7' or 'S' => name.EndsWith('/') && type == '\0' ? LayerEntryKind.Directory : LayerEntryKind.File,
        '1' => LayerEntryKind.HardLink,
        '2' => LayerEntryKind.Symlink,
        '3' => LayerEntryKind.CharacterDevice,
        '4' => LayerEntryKind.BlockDevice,
        '5' or 'D' => LayerEntryKind.Directory,
        '6' => LayerEntryKind.Fifo,
        _ => throw Refused(name, $"its type '{type}' is not known"),
    };

    private static int Id(long id, string path) => id is >= 0 and <= int.MaxValue ? (int)id : throw Refused(path, $"its owner {id} is not a user or group id");

    private static void Check(LayerEntry entry)
    {
        if (entry.Path.Length == 0 && entry.Kind != LayerEntryKind.Directory)
        {
            throw Refused("/", "the root must be a directory");
        }

        if (entry.Whiteout is { } removed && removed[(removed.LastIndexOf('/') + 1)..] is "" or "." or "..")
        {
            throw Refused(entry.Path, "it is a whiteout of nothing");
        }
    }

    private static bool IsAufsBookkeeping(LayerEntry entry) =>
        !entry.IsOpaqueMarker && entry.Path.Contains(".wh..wh.", StringComparison.Ordinal)
        && entry.Path.Split('/').Any(part => part.StartsWith(".wh..wh.", StringComparison.Ordinal) && part != ".wh..wh..opq");

    private static SlipwayException Refused(string path, string why) => new(ErrorKind.InvalidArgument, $"the layer's entry '{path}' is refused: {why}");

    private byte[] ReadHeaderBody(long size)
    {
        if (size is < 0 or > TarExtensions.MaximumSize)
        {
            throw new MalformedTarException($"an extended header of {size} bytes; at most {TarExtensions.MaximumSize} are read");
        }

        byte[] body = new byte[size];
        Begin(size, "an extended header");
        _content!.ReadExactly(body);
        SkipContent();
        return body;
    }

    private void Begin(long size, string path)
    {
        _content = new EntryStream(_tar, size, path);
        _padding = -size & (TarBlock.Size - 1);
    }

    private void SkipContent()
    {
        if (_content is null)
        {
            return;
        }

        long skip = _content.Left + _padding;
        _content.End();
        _content = null;
        if (skip == 0)
        {
            return;
        }

        if (_tar.CanSeek)
        {
            // A blob cut short shows at the next header, or here where it lacks whole bytes of content.
            if (_tar.Position + skip - _padding > _tar.Length)
            {
                throw new SlipwayException(ErrorKind.InvalidArgument, $"the layer ends within '{_last}'");
            }

            _tar.Seek(Math.Min(skip, _tar.Length - _tar.Position), SeekOrigin.Current);
            return;
        }

        Span<byte> scratch = stackalloc byte[4096];
        long wanted = skip - _padding;
        for (long done = 0; done < skip;)
        {
            int read = _tar.Read(scratch[..(int)Math.Min(scratch.Length, skip - done)]);
            if (read == 0)
            {
                // A missing last padding is forgiven, as GNU tar forgives it.
                if (done < wanted)
                {
                    throw new SlipwayException(ErrorKind.InvalidArgument, $"the layer ends within '{_last}'");
                }

                return;
            }

            done += read;
        }
    }

    private bool ReadBlock()
    {
        int got = _tar.ReadAtLeast(_block, _block.Length, throwOnEndOfStream: false);
        return got == _block.Length || (got == 0 ? false : throw new MalformedTarException("it ends within a header"));
    }
}
