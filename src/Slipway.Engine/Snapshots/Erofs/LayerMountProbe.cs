using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>Tries whether this process and kernel can mount a layer, and stack what containers and builds stack on it.</summary>
internal static class LayerMountProbe
{
    private const string Capability = "security.capability";

    /// <summary>Why it cannot be done, or null where it can.</summary>
    /// <param name="place">A directory to work in, on the file system of the snapshots; absent before and afterwards.</param>
    public static string? Run(string place)
    {
        List<string> mounted = [];
        try
        {
            return Try(place, mounted);
        }
        catch (Exception fault) when (fault is SlipwayException or IOException)
        {
            return fault.Message;
        }
        finally
        {
            // The last first, as they stand on one another.
            foreach (string target in Enumerable.Reverse(mounted))
            {
                Libc.Unmount(target);
            }

            DirectoryTree.Delete(place);
        }
    }

    // 1. A layer of one file. 2. Its bytes and attributes. 3. An overlay on it, as for a container, and one on that, as for a step that binds another image's directory.
    private static string? Try(string place, List<string> mounted)
    {
        byte[] text = Encoding.ASCII.GetBytes("slipway".PadRight(ErofsFormat.Block));
        byte[] capability = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        string layer = Folder(place, "layer"), stacked = Folder(place, "stacked"), again = Folder(place, "again"), empty = Folder(place, "empty");
        string tarPath = Path.Combine(place, "tar"), image = Path.Combine(place, "image");
        TreeNode root = new(TreeNodeKind.Directory) { Permissions = 0x1ED };
        root.MakeOpaque();
        TreeNode file = new(TreeNodeKind.File) { Size = text.Length };
        file.Xattrs = file.Xattrs.Add(Capability, capability);
        root.Children!.Add("file", file);
        File.WriteAllBytes(tarPath, text);
        using (FileStream output = File.Create(image))
        {
            ErofsImage.Write(output, root, text.Length, new byte[16]);
        }

        using SafeFileHandle tar = Libc.Open(tarPath, OpenFlags.ReadOnly);
        LayerMounts.Mount(image, tar, layer);
        mounted.Add(layer);
        string shown = Path.Combine(layer, "file");
        if (!File.ReadAllBytes(shown).AsSpan().SequenceEqual(text))
        {
            return "EROFS shows other bytes than a file has";
        }

        if (Libc.GetXattr(layer, OverlayMarks.Opaque) is not [(byte)'y'] || Libc.GetXattr(shown, Capability)?.AsSpan().SequenceEqual(capability) is not true)
        {
            return "EROFS is built without extended attributes";
        }

        OverlayMount.MountReadOnly([empty, layer], stacked);
        mounted.Add(stacked);
        OverlayMount.MountReadOnly([empty, stacked], again);
        mounted.Add(again);
        return null;
    }

    private static string Folder(string place, string name) => Directory.CreateDirectory(Path.Combine(place, name)).FullName;
}
