using Microsoft.Win32.SafeHandles;

namespace Slipway.Content.Blobs.Packs;

/// <summary>Reads the files of segments again and says what is wrong with them beside the bytes of the blobs that live.</summary>
internal static class PackCheck
{
    /// <summary>A sealed segment: every record, its index, its burials.</summary>
    public static IEnumerable<StoreFault> Check(SealedPack pack)
    {
        long length = RandomAccess.GetLength(pack.Handle);
        foreach (StoreFault fault in CheckRecords(pack.Handle, pack.FullPath, pack.Number, length))
        {
            yield return fault;
        }

        string index = SealedPack.IndexPath(pack.FullPath);
        if (!File.Exists(index) || !PackIndexFormat.IsIndexOf(File.ReadAllBytes(index), pack.Number, length))
        {
            yield return new StoreFault(StorePart.Index, index, "it is not the index of its segment");
        }

        string burials = SealedPack.BurialsPath(pack.FullPath);
        if (File.Exists(burials) && Burials.CountWrong(File.ReadAllBytes(burials), pack.Number) is > 0 and int wrong)
        {
            yield return new StoreFault(StorePart.Burials, burials, $"{wrong} of its entries prove nothing");
        }
    }

    /// <summary>The part of a segment that was written up to <paramref name="length"/>.</summary>
    public static IEnumerable<StoreFault> CheckRecords(SafeFileHandle file, string path, long number, long length)
    {
        ScannedPack scanned;
        StoreFault? unreadable = null;
        try
        {
            scanned = new PackScanner(file, number, length).Scan(path);
        }
        catch (Exception failure) when (failure is IOException or SlipwayException)
        {
            scanned = new([], length, 0);
            unreadable = new StoreFault(StorePart.Pack, path, failure.Message);
        }

        long damaged = scanned.DamagedBytes + length - scanned.End;
        if (unreadable is not null)
        {
            yield return unreadable;
        }
        else if (damaged > 0)
        {
            yield return new StoreFault(StorePart.Pack, path, $"{damaged} bytes belong to no whole record");
        }

        byte[] header = new byte[PackFormat.HeaderSize];
        byte[] expected = new byte[PackFormat.HeaderSize];
        PackFormat.WriteHeader(expected, number);
        if (RandomAccess.Read(file, header, 0) != header.Length || !header.AsSpan().SequenceEqual(expected))
        {
            yield return new StoreFault(StorePart.Pack, path, "its header is wrong");
        }
    }
}
