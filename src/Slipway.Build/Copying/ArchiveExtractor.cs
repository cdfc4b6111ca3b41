using Microsoft.Win32.SafeHandles;
using Slipway.Build.Planning;
using Slipway.Content;
using Slipway.Images.Layers;
using Slipway.Linux;

namespace Slipway.Build.Copying;

/// <summary>Unpacks a tar that ADD names, into a directory of the image. Every entry is placed by handle within the image's root.</summary>
internal sealed class ArchiveExtractor(TargetTree target, FileOwner? owner, ModeChange? mode, CancellationToken cancellationToken)
{
    private const int CharacterDevice = 0x2000;
    private const int BlockDevice = 0x6000;
    private const int Fifo = 0x1000;

    /// <summary>Whether the file is a tar that ADD unpacks, plain or compressed, by its bytes and not by its name.</summary>
    public static bool IsArchive(SafeFileHandle file)
    {
        try
        {
            using LayerReader reader = LayerReader.Open(Decompression.Open(new UnownedFile(file)));
            return reader.Read() is not null;
        }
        catch (SlipwayException fault) when (fault.Kind == ErrorKind.InvalidArgument)
        {
            return false;
        }
    }

    /// <summary>Unpacks below <paramref name="directory"/>; what stands there already stays unless an entry replaces it.</summary>
    public void Extract(SafeFileHandle file, string directory)
    {
        using LayerReader reader = LayerReader.Open(Decompression.Open(new UnownedFile(file)));
        UnixTime time = UnixTime.From(ReproducibleTime.Default);
        target.OpenOrMakeDirectory(directory, owner ?? FileOwner.Root, time, out _).Dispose();
        while (reader.Read() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.Path.Length > 0)
            {
                using SafeFileHandle parent = target.OpenOrMakeDirectory(directory.TrimEnd('/') + "/" + entry.Parent, owner ?? FileOwner.Root, time, out _);
                Place(entry, parent, directory);
            }
        }
    }

    private void Place(LayerEntry entry, SafeFileHandle parent, string directory)
    {
        string shown = directory.TrimEnd('/') + "/" + entry.Path;
        FileOwner entryOwner = owner ?? new(entry.Uid, entry.Gid);
        if (entry.Kind == LayerEntryKind.Directory)
        {
            if (Libc.StatusAt(parent, entry.Name) is not { IsDirectory: true })
            {
                TargetTree.Clear(parent, entry.Name);
                Libc.MakeDirectoryAt(parent, entry.Name, 0x1C0);
            }

            TargetTree.SetMetadata(parent, entry.Name, entryOwner, ModeOf(entry), entry.ModifiedTime);
            return;
        }

        TargetTree.Clear(parent, entry.Name);
        switch (entry.Kind)
        {
            case LayerEntryKind.File:
                using (SafeFileHandle file = TargetTree.CreateFile(parent, entry.Name))
                {
                    FileContent.Write(entry.Content, file, cancellationToken);
                    Libc.ChangeOwner(file, entryOwner.User, entryOwner.Group, shown);
                    Libc.Fchmod(file, ModeOf(entry), shown);
                    foreach ((string name, ReadOnlyMemory<byte> value) in entry.Xattrs.Where(xattr => xattr.Key.StartsWith("user.", StringComparison.Ordinal) || xattr.Key == "security.capability"))
                    {
                        Libc.SetXattr(file, name, value.Span, shown);
                    }

                    Libc.SetTimes(file, entry.ModifiedTime.Seconds, entry.ModifiedTime.Nanoseconds, shown);
                }

                return;
            case LayerEntryKind.HardLink:
                Link(entry, parent, directory);
                return;
            case LayerEntryKind.Symlink:
                Libc.SymlinkAt(entry.LinkTarget!, parent, entry.Name);
                break;
            default:
                int type = entry.Kind switch { LayerEntryKind.CharacterDevice => CharacterDevice, LayerEntryKind.BlockDevice => BlockDevice, _ => Fifo };
                Libc.MakeNodeAt(parent, entry.Name, type, (uint)entry.DeviceMajor, (uint)entry.DeviceMinor);
                break;
        }

        TargetTree.SetMetadata(parent, entry.Name, entryOwner, entry.Kind == LayerEntryKind.Symlink ? null : ModeOf(entry), entry.ModifiedTime);
    }

    private int ModeOf(LayerEntry entry) => mode?.Apply(entry.Mode, entry.Kind == LayerEntryKind.Directory) ?? entry.Mode;

    private void Link(LayerEntry entry, SafeFileHandle parent, string directory)
    {
        string linked = entry.LinkTarget!;
        int slash = linked.LastIndexOf('/');
        string holder = directory.TrimEnd('/') + "/" + (slash < 0 ? "" : linked[..slash]);
        using SafeFileHandle from = Libc.TryOpenAt(target.Root, holder.Trim('/') is { Length: > 0 } path ? path : ".", OpenFlags.Directory, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out int errno);
        if (errno != 0 || Libc.StatusAt(from, linked[(slash + 1)..]) is null)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the archive's entry '{entry.Path}' is a link to '{linked}', which is not there");
        }

        Libc.LinkAt(from, linked[(slash + 1)..], parent, entry.Name);
    }

    /// <summary>Reads a file from its start without owning its handle.</summary>
    private sealed class UnownedFile(SafeFileHandle file) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length { get; } = RandomAccess.GetLength(file);

        public override long Position
        {
            get => _position;
            set => _position = value;
        }

        public override int Read(Span<byte> buffer)
        {
            int read = RandomAccess.Read(file, buffer, _position);
            _position += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override long Seek(long offset, SeekOrigin origin) => _position = offset + (origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            _ => Length,
        });

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
