package dev.readback.net;

import dev.readback.settings.AddressBlock;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Collection;

/**
 * The addresses in any of some blocks. Immutable.
 *
 * <p>A question takes at most one step for each bit of the address, however many blocks there are: each family is a tree
 * of bits, in which a block is a branch that goes no further.
 */
final class AddressSet {

    private final Tree ipv4 = new Tree();
    private final Tree ipv6 = new Tree();

    AddressSet(Collection<AddressBlock> blocks) {
        blocks.forEach(it -> {
            byte[] network = it.network().getAddress();
            tree(network).add(network, it.prefixLength());
        });
    }

    boolean contains(InetAddress address) {
        byte[] bits = address.getAddress();
        return tree(bits).contains(bits);
    }

    private Tree tree(byte[] address) {
        return address.length == 4 ? ipv4 : ipv6;
    }

    /** One family's blocks, as a binary tree in an array: two entries for each node, one for each next bit. */
    private static final class Tree {

        private static final int NONE = 0; // the root is nobody's child
        private static final int ALL = -1;

        private int[] children = new int[2];
        private int nodes = 1;
        private boolean everything;

        void add(byte[] network, int prefixLength) {
            if (prefixLength == 0) {
                everything = true;
                return;
            }
            int node = 0;
            for (int depth = 0; depth < prefixLength - 1 && node != ALL; depth++) {
                node = childMade(2 * node + bit(network, depth));
            }
            if (node != ALL) {
                children[2 * node + bit(network, prefixLength - 1)] = ALL;
            }
        }

        private int childMade(int branch) {
            if (children[branch] == NONE) {
                children = nodes * 2 < children.length ? children : Arrays.copyOf(children, children.length * 2);
                children[branch] = nodes++;
            }
            return children[branch];
        }

        boolean contains(byte[] address) {
            if (everything) {
                return true;
            }
            int node = 0;
            for (int depth = 0; depth < address.length * Byte.SIZE; depth++) {
                int child = children[2 * node + bit(address, depth)];
                if (child == ALL || child == NONE) {
                    return child == ALL;
                }
                node = child;
            }
            return false;
        }

        private static int bit(byte[] address, int depth) {
            return address[depth / Byte.SIZE] >> (Byte.SIZE - 1 - depth % Byte.SIZE) & 1;
        }
    }
}
